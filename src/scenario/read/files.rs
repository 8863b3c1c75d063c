//! `files` of an app: its bucket.

use super::storage::{another_region, own_entry};
use crate::scenario::law::{Of, Plain, law};
use crate::scenario::mistakes::Mistake;
use crate::scenario::names::{closest, quoted};
use crate::scenario::spec::{BucketSettings, Destination, Files, Region, Relocation, Site};
use crate::scenario::view::View;
use crate::time::Span;

/// The bucket of an app; the outer `Option` is a mistake.
pub(super) fn files(view: View<'_>, home: &Region, regions: &[Region]) -> Option<Option<Files>> {
    if !view.has("files") {
        return Some(None);
    }
    let files = view.inside("files")?;
    if !files.has("size") {
        // The platform says how buckets are kept; whether there is one the app does.
        if own_entry(files, files.table).is_some() {
            files.missing("size", "say how much there is, e.g. size = \"200GiB\"");
            return None;
        }
        return Some(None);
    }
    let size = files.size("size");
    let objects = match files.has("objects") {
        true => files.count("objects").map(Some),
        false => Some(None),
    };
    let settings = settings(files, size.unwrap_or(0));
    let replicas = settings.as_ref().map_or(u32::MAX, |it| it.replicas);
    let relocation = relocation(files, replicas, home, regions);
    let copy_to = match files.has("copy_to") {
        true => another_region(files, "copy_to", home, regions),
        false => Some(None),
    };
    let lag = law(files, "lag", Of::Time, Plain::Constant)?;
    Some(Some(Files {
        size: size?,
        objects: objects?,
        settings: settings?,
        relocation: relocation?,
        copy: copy_to?.map(|site| (site, lag)),
    }))
}

fn settings(view: View<'_>, size: u64) -> Option<BucketSettings> {
    let replicas = view.count("replicas").map(|count| count as u32);
    let (reads, writes) = (view.share("reads"), view.share("writes"));
    if let (Some(reads), Some(writes)) = (reads, writes)
        && reads + writes > 1.0
    {
        let title = "`reads` and `writes` are more than 100% together";
        let mistake = Mistake::new(view.at("writes"), title).also(view.at("reads"), "");
        view.reading.mistake(mistake.help("a request that does both is one that writes"));
    }
    let quorum = |name| {
        let most = replicas.unwrap_or(u32::MAX);
        Some(at_most_replicas(view, name, most)?.min(most))
    };
    let (read_quorum, write_quorum) = (quorum("read_quorum"), quorum("write_quorum"));
    let lost_with_zone = view.share("lost_with_zone");
    let rebuild = if view.has("rebuild") { Some(view.inside("rebuild")?) } else { None };
    let (takes, moving) = match rebuild {
        None => (crate::engine::Dist::constant(0.0).ok(), Some(Span::ZERO)),
        Some(rebuild) => {
            let moving = match rebuild.has("throughput") {
                true => rebuild.throughput("throughput").and_then(|throughput| {
                    let seconds = size as f64 / throughput;
                    rebuild.span_of("rebuild", rebuild.at("throughput"), seconds)
                }),
                false => Some(Span::ZERO),
            };
            (law(rebuild, "takes", Of::Time, Plain::Constant), moving)
        }
    };
    Some(BucketSettings {
        replicas: replicas?,
        reads: reads?,
        writes: writes?,
        read_quorum: read_quorum?,
        write_quorum: write_quorum?,
        lost_with_zone: lost_with_zone?,
        rebuild: takes?,
        moving: moving?,
    })
}

/// A number of replicas. One of the preset is meant for its own number of them.
fn at_most_replicas(view: View<'_>, name: &str, replicas: u32) -> Option<u32> {
    let count = view.count(name)? as u32;
    if count > replicas && !view.reading.is_preset(view.at(name)) {
        let title = format!("`{name}` is more than there are replicas");
        view.reading.mistake(Mistake::new(view.at(name), title).help("there can be no more up"));
    }
    Some(count)
}

/// The outer `Option` is a mistake, the inner one `"none"`.
fn relocation(
    view: View<'_>,
    replicas: u32,
    home: &Region,
    regions: &[Region],
) -> Option<Option<Relocation>> {
    let Some(node) = view.node("relocate") else { return Some(None) };
    if view.chosen(view.key("relocate"), node).is_some() {
        return Some(None);
    }
    let view = view.inside("relocate")?;
    let below = at_most_replicas(view, "below", replicas);
    let after = law(view, "after", Of::Time, Plain::Constant);
    let takes = law(view, "takes", Of::Time, Plain::Constant);
    let (to, back) = (destination(view, home, regions), view.choice("back"));
    Some(Some(Relocation {
        below: below?,
        after: after?,
        takes: takes?,
        to: to?,
        moves_back: back? == "at-quorum",
    }))
}

fn destination(view: View<'_>, home: &Region, regions: &[Region]) -> Option<Destination> {
    let word = view.word("to")?;
    let site =
        |region: &Region| Site { region: region.name.clone(), country: region.country.clone() };
    if home.zones.iter().any(|zone| zone == word.text) {
        return Some(Destination::Zone(word.text.to_owned(), site(home)));
    }
    let found = regions.iter().find(|region| region.name == word.text);
    if found.is_some_and(|region| region.name == home.name) {
        let title = "the bucket would be moved to where it is";
        let help = "name another region, or one of its zones";
        view.reading.mistake(Mistake::new(word.at, title).help(help));
    }
    if found.is_none() {
        let known =
            regions.iter().map(|it| it.name.as_str()).chain(home.zones.iter().map(String::as_str));
        let title =
            format!("there is no region, and in {} no zone, `{}`", home.name, quoted(word.text));
        let help = || "write the name of a region, or of a zone of the app's own".into();
        view.reading.mistake(Mistake::new(word.at, title).meant(closest(word.text, known), help));
    }
    found.map(|region| Destination::Region(site(region)))
}
