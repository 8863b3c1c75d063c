//! Another region: where an app goes when its own is lost, and the copy of its database there.

use super::{Kind, LAW, Shape, key};

pub(crate) static FALLBACK: Shape = Shape {
    name: "fallback",
    doc: "Another region for the whole app, for when its own is lost or cut off, every zone of it. An operator \
          orders it; containers are placed there by its `placement`, the database goes on with its copy there, or \
          else with the newest backup that can be restored from outside the lost region, and clients are led \
          there. Nothing is deployed until the app is home again. Needs a health manager.",
    keys: &[
        key("region", Kind::Text, "The region it goes to. Without it: none; required where the plan is premium-plus."),
        key(
            "decision",
            LAW,
            "From the loss of the home region until an operator has decided, noticing included; a plain duration is \
             constant. Where a zone of it is back before, nothing is ordered.",
        )
        .default("0s"),
        key(
            "prepare",
            LAW,
            "From then on until containers and data are ordered to the other region; a plain duration is constant.",
        )
        .default("0s"),
        key(
            "dns",
            LAW,
            "From when the app would answer there until clients are led to it; a plain duration is constant. The \
             same on the way home.",
        )
        .default("0s"),
        key(
            "return",
            LAW,
            "From when all of the home region is up, and the app well where it is, until the return is ordered; a \
             plain duration is constant. The app goes home once a node of its database there is in step: it is \
             stopped, started at home and its database switched, which is planned downtime in a declared window.",
        )
        .default("0s"),
    ],
};

pub(super) static REPLICA: Shape = Shape {
    name: "replica",
    doc: "An asynchronous copy of a database in another region. It is promoted by decision only, when no other node \
          is left, and what had not reached it is lost.",
    keys: &[
        key("region", Kind::Text, "The region it stands in, in the first of its zones. Without it: that of the `fallback`."),
        key(
            "lag",
            LAW,
            "How far it is behind while it can be reached, and so much more as it has been cut off; drawn when it is \
             promoted. A plain duration is constant.",
        )
        .default("0s"),
        key(
            "decision",
            LAW,
            "From the loss of the last other node until its promotion is ordered, unless one is back before; a plain \
             duration is constant. Where the whole app goes to another region, its `decision` and `prepare` count \
             instead.",
        )
        .default("0s"),
        key("promote", LAW, "From then on until it takes writes; a plain duration is constant.").default("0s"),
    ],
};
