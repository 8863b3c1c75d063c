//! What an app keeps: its bucket of files and its backups.

use super::{Kind, LAW, Shape, key};

pub(crate) static FILES: Shape = Shape {
    name: "files",
    doc: "The bucket of an app: replicas of the whole in the zones of its region, one after the other. A replica is lost \
          by failures of replica.APP/*, and perhaps with its zone, and made anew from the others; with the last one all \
          is lost.",
    keys: &[
        key("size", Kind::Size, "Bytes of all its files. Required where an app has any."),
        key(
            "objects",
            Kind::Count { min: 1, max: 1_000_000_000_000 },
            "How many files there are, for how many are expected to be lost.",
        ),
        key("replicas", Kind::Count { min: 1, max: 26 }, "Replicas of the bucket.").default("1"),
        key("reads", Kind::Share, "Share of the app's requests that read files: so many fail where reads do.")
            .default("0%"),
        key("writes", Kind::Share, "Share of the app's requests that write files.")
            .default("0%")
            .range("0% to 100%; with `reads` at most 100%"),
        key("read_quorum", Kind::Count { min: 1, max: 26 }, "Replicas that must be up for reads.")
            .default("1")
            .range("at most `replicas`"),
        key("write_quorum", Kind::Count { min: 1, max: 26 }, "Replicas that must be up for writes.")
            .default("1")
            .range("at most `replicas`"),
        key(
            "lost_with_zone",
            Kind::Share,
            "Chance that a replica is gone for good when its zone is lost; otherwise it is back with its zone.",
        )
        .default("100%"),
        key("rebuild", Kind::Table(&FILES_REBUILD), "How a lost replica is made anew, in its own zone."),
        key(
            "relocate",
            Kind::OneOf(&[Kind::Choice(&["none"]), Kind::Table(&RELOCATE)]),
            "Where the bucket is moved that is short of replicas for too long.",
        )
        .default("none"),
        key(
            "copy_to",
            Kind::Text,
            "The region to which every object is copied, or \"none\". Should all replicas be lost, or the app go to that region, what had not yet \
             arrived there is.",
        )
        .default("none"),
        key("lag", LAW, "From when an object is written until its copy has arrived; a plain duration is constant.")
            .default("0s"),
    ],
};

static FILES_REBUILD: Shape = Shape {
    name: "files_rebuild",
    doc: "How a lost replica is made anew from those that are left.",
    keys: &[
        key("takes", LAW, "How long, whatever the size; a plain duration is constant.")
            .default("0s"),
        key("throughput", Kind::Throughput, THROUGHPUT_DOC),
    ],
};

static RELOCATE: Shape = Shape {
    name: "relocate",
    doc: "A bucket with fewer replicas up than `below` is moved when a grace is over.",
    keys: &[
        key("below", Kind::Count { min: 1, max: 26 }, "So many replicas must be up: the grace begins when fewer are, and is over at once when they are again.")
            .required()
            .range("at most `replicas`"),
        key("after", LAW, "How long the grace lasts; a plain duration is constant.").required(),
        key("takes", LAW, "From the end of the grace until it is served elsewhere.").default("0s"),
        key("to", Kind::Text, "Where it is moved: the name of a region, or of a zone.").required(),
        key(
            "back",
            Kind::Choice(&["at-quorum", "never"]),
            "\"at-quorum\": it is moved back at once when `below` replicas are up; \"never\": it stays.",
        )
        .default("at-quorum"),
    ],
};

/// `backups` of an app.
pub(crate) const BACKUPS_KIND: Kind =
    Kind::OneOf(&[Kind::Choice(&["none"]), Kind::Table(&BACKUPS)]);

const MOST_RETRIES: u64 = 20;

const THROUGHPUT_DOC: &str =
    "Bytes per time that are moved besides: so much longer it takes. Without it: no longer.";

pub(crate) static BACKUPS: Shape = Shape {
    name: "backups",
    doc: "Backups of an app. One holds the data as of its start, and can be restored once it is complete. It is \
          skipped if what it saves cannot be read at its start, and an attempt fails if that is lost meanwhile: the \
          database, if there is one, takes no writes, or the files, if there are any, cannot be read at all (fewer \
          replicas up than their read quorum, out of reach, or nothing but errors). That no container runs does not \
          keep it from being taken.",
    keys: &[
        key(
            "nightly",
            Kind::Text,
            "When it is due every day, e.g. \"01:00\"; \"none\". Without it: as its region says.",
        ),
        key(
            "weekly",
            Kind::Text,
            "The day of the week on which one is taken besides, at the time of the nightly one, e.g. \"sun\", or \
             at its own, \"sun 04:00\"; \"none\".",
        )
        .default("none"),
        key(
            "monthly",
            Kind::Text,
            "The day of the week on which one is taken besides, the first of each month, as for `weekly`.",
        )
        .default("none"),
        key(
            "on_demand",
            Kind::Duration,
            "One is taken besides at the start of the study and every so often before and after it.",
        )
        .range("at least 1h"),
        key("timezone", Kind::Text, "The clock by which it is due, e.g. \"Europe/Berlin\".")
            .default("UTC"),
        key(
            "window",
            Kind::Duration,
            "A backup begins at any time within so long after it is due. Without it: as its region says, or 0s.",
        )
        .range("less than 24h, and than `on_demand`"),
        key("size", Kind::Size, "Bytes of one snapshot. Without it: the files and the database."),
        key("takes", LAW, "How long an attempt takes, whatever the size; a plain duration is constant.")
            .default("0s"),
        key("throughput", Kind::Throughput, THROUGHPUT_DOC),
        key(
            "fails",
            Kind::Share,
            "Chance that an attempt fails by itself, at its end. Before the study began none did: `study.warm_up` \
             lets what was taken then expire unmeasured.",
        )
        .default("0%"),
        key(
            "retries",
            Kind::Count { min: 0, max: MOST_RETRIES },
            "Attempts after the first; when all have failed there is no backup that night.",
        )
        .default("0"),
        key("retry_after", Kind::Duration, "From the failure of an attempt until the next one.")
            .default("0s"),
        key("keep", Kind::Table(&KEEP), "How long snapshots are kept, and their second copies, from when they are complete."),
        key(
            "copy_to",
            Kind::Text,
            "The region of the second copy, or \"none\". Without it: `copies_to` of its region.",
        ),
        key("copy", Kind::Table(&COPY), "How long the second copy takes, and how often it fails."),
        key(
            "drill",
            Kind::Table(&DRILL),
            "Restores on trial: is the newest snapshot of use, and how long does it take? Without it: none.",
        ),
    ],
};

static KEEP: Shape = Shape {
    name: "keep",
    doc: "How long snapshots are kept.",
    keys: &[
        key("nightly", Kind::Duration, "Nightly ones.").default("14d").range(KEPT),
        key("weekly", Kind::Duration, "Weekly ones.").default("91d").range(KEPT),
        key("monthly", Kind::Duration, "Monthly ones.").default("365d").range(KEPT),
        key("on_demand", Kind::Duration, "Those taken on demand.").default("91d").range(KEPT),
    ],
};

const KEPT: &str = "more than 0s, at most 20y";

static COPY: Shape = Shape {
    name: "copy",
    doc: "The second copy of a snapshot. It can be restored there once it is complete.",
    keys: &[
        key("lag", LAW, "From when the snapshot is complete until the copy is, per attempt; a plain duration is constant.")
            .default("0s"),
        key("throughput", Kind::Throughput, THROUGHPUT_DOC),
        key("fails", Kind::Share, "Chance that an attempt fails, at its end.").default("0%"),
        key("retries", Kind::Count { min: 0, max: MOST_RETRIES }, "Attempts after the first.")
            .default("0"),
    ],
};

static DRILL: Shape = Shape {
    name: "drill",
    doc: "The newest snapshot is restored beside the app, which takes nothing down.",
    keys: &[
        key("every", Kind::Duration, "At the start of the study + 1, 2, 3 … times this.")
            .required()
            .range("at least 1h"),
        key(
            "takes",
            LAW,
            "How long a restore takes, whatever the size; a plain duration is constant.",
        )
        .default("0s"),
        key("throughput", Kind::Throughput, THROUGHPUT_DOC),
        key("fails", Kind::Share, "Chance that a restore fails.").default("0%"),
    ],
};

pub(crate) static REGION_BACKUPS: Shape = Shape {
    name: "region_backups",
    doc: "When the apps of a region are backed up, unless they say otherwise.",
    keys: &[
        key("nightly", Kind::Text, "When it is due every day, e.g. \"01:00\".").required(),
        key("window", Kind::Duration, "Within so long after that it begins.")
            .default("0s")
            .range("less than 24h"),
    ],
};
