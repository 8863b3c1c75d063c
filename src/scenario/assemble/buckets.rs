//! Buckets: each as its app sees it, and its replicas in the zones of its region.

use super::{Assembly, instant, plain};
use crate::id::Id;
use crate::model::bucket::{Bucket, Destination, Link, Relocation, Remote, Settings};
use crate::model::residency::Class;
use crate::model::topology as t;
use crate::model::topology::Kind;
use crate::scenario::spec;
use std::sync::Arc;

impl Assembly<'_> {
    /// Each as its app sees it, then its replicas.
    pub(super) fn buckets(&mut self) {
        // Neighbours are mostly alike: settings and zones that equal those of the bucket before are
        // shared with it.
        let mut before: Option<(Arc<Settings>, Id<t::Region>, t::Group)> = None;
        for (place, app) in self.scenario.apps.iter().enumerate() {
            let Some(files) = &app.files else { continue };
            let region = self.regions[app.region.as_str()];
            let alike = before.take().filter(|it| *it.0 == files.settings && it.1 == region);
            let (settings, _, like) = alike.unwrap_or_else(|| {
                let settings = Arc::new(files.settings.clone());
                let group = self.replicas_like(&settings, region);
                (settings, region, group)
            });
            before = Some((settings.clone(), region, like.clone()));
            let owner: Id<t::Group> = Id::new(place as u32);
            let unit = self.topology.units.next_id();
            // What none of its requests needs the app does not use.
            let used = settings.needed() > 0.0;
            if used {
                let uses = &mut self.topology.groups[owner].uses;
                uses.push(t::Use { unit, mandatory: false, share: 1.0 });
            }
            let whole = t::Group {
                name: format!("bucket.{}", app.name),
                kind: Kind::Bucket,
                count: 1,
                used_by: if used { vec![owner] } else { Vec::new() },
                ..plain()
            };
            self.group(whole, |_| app.name.clone(), "bucket.");
            let replicas = self.topology.groups.next_id();
            let group = t::Group { name: format!("replica.{}", app.name), ..like };
            self.group(group, |ordinal| format!("{}/{ordinal}", app.name), "replica.");
            let relocation = files.relocation.as_ref().map(|it| self.relocation(it, owner));
            let copy = files.copy.as_ref();
            let goes_along = files.goes_along(app.fallback.as_ref());
            let copy = copy.map(|(site, lag)| {
                let site = self.site(site);
                let link = self.link(Link { from: Id::new(region.raw()), to: site });
                Remote { site, link, lag: lag.clone() }
            });
            self.topology.add_bucket(Bucket {
                app: owner,
                key: self.topology.units[unit].key,
                unit,
                replicas,
                region,
                bytes: files.size,
                settings,
                relocation,
                copy,
                goes_along,
            });
        }
    }

    fn link(&mut self, link: Link) -> Id<Link> {
        let links = &mut self.topology.links;
        let known = links.enumerate().find(|(_, it)| **it == link).map(|it| it.0);
        known.unwrap_or_else(|| links.push(link))
    }

    fn replicas_like(&self, settings: &Settings, region: Id<t::Region>) -> t::Group {
        t::Group {
            kind: Kind::Replica,
            count: settings.replicas,
            zones: self.topology.regions[region].zones.iter().copied().collect(),
            recovery: Arc::new(t::Recovery::InPlace {
                detect: t::Detect::After(instant()),
                restart: settings.rebuild.clone(),
                returns: instant(),
            }),
            ..plain()
        }
    }

    fn relocation(&mut self, it: &spec::Relocation, app: Id<t::Group>) -> Relocation {
        let to = match &it.to {
            spec::Destination::Region(site) => Destination::Site(self.site(site)),
            spec::Destination::Zone(zone, _) => Destination::Zone(self.zones[zone.as_str()]),
        };
        let refused = self.topology.rule_of(app).is_some_and(|rule| match to {
            Destination::Site(site) => rule.refuses_site(Class::Files, site),
            Destination::Zone(zone) => rule.refuses(Class::Files, zone),
        });
        let (below, moves_back) = (it.below, it.moves_back);
        let (after, takes) = (it.after.clone(), it.takes.clone());
        Relocation { below, after, takes, to, refused, moves_back }
    }
}
