//! Sites of data, and backups.

use super::Assembly;
use crate::engine::Key;
use crate::id::Id;
use crate::model::backup::luck::Odds;
use crate::model::backup::plan::{Backup, Place, Rules, Schedule, Second};
use crate::model::residency::Class;
use crate::model::topology as t;
use crate::scenario::{due, spec};
use std::sync::Arc;

impl Assembly<'_> {
    /// Sites of data, and backups: like apps share their rules, whose calendars are long.
    pub(super) fn backups(&mut self) {
        let scenario = self.scenario;
        let mut rules: Vec<(&spec::BackupRules, Arc<Rules>)> = Vec::new();
        for (app, backups) in scenario.apps.iter().enumerate() {
            let Some(backups) = &backups.backups else { continue };
            let known = rules.iter().rfind(|it| *it.0 == backups.rules);
            let made = known.map(|it| it.1.clone()).unwrap_or_else(|| {
                let made = Arc::new(self.backup_rules(&backups.rules));
                rules.push((&backups.rules, made.clone()));
                made
            });
            let (name, region) = (&scenario.apps[app].name, &scenario.apps[app].region);
            let copy_to = backups.copy_to.as_ref().map(|site| self.site(site));
            let abroad = backups.abroad.as_ref().map(|it| {
                let copy_to = it.copy_to.as_ref().map(|site| self.site(site));
                (it, self.site(&it.site), copy_to)
            });
            let rule = self.topology.rule_of(Id::new(app as u32));
            let refuses =
                |site: Id<t::Site>| rule.is_some_and(|it| it.refuses_site(Class::Backups, site));
            let most = abroad.as_ref().map_or(0, |(it, ..)| it.bytes).max(backups.bytes);
            let second = |site| Second { site, refused: refuses(site) };
            let backup = Backup {
                app: Id::new(app as u32),
                key: Key::new(self.topology.seed, &format!("backup.{name}")),
                home: Place {
                    site: Id::new(self.regions[region.as_str()].raw()),
                    bytes: backups.bytes,
                    files: true,
                    refused: false,
                    copy: copy_to.map(second),
                },
                longest: made.longest(most),
                abroad: abroad.map(|(it, site, copy_to)| Place {
                    site,
                    bytes: it.bytes,
                    files: it.files,
                    refused: refuses(site),
                    copy: copy_to.map(second),
                }),
                rules: made,
            };
            self.topology.add_backup(backup);
        }
    }

    fn backup_rules(&self, rules: &spec::BackupRules) -> Rules {
        let (start, end) = (self.topology.start_unix, self.topology.end);
        let schedule = |it: &spec::BackupCalendar| Schedule {
            series: it.series,
            due: due::due(it, start, end),
            keep: it.keep,
        };
        Rules {
            schedules: rules.calendars.iter().map(schedule).collect(),
            window: rules.window,
            dump: rules.dump.clone(),
            retry_after: rules.retry_after,
            copy: rules.copy.clone(),
            odds: [&rules.dump, &rules.copy].map(|work| Odds::new(work.fails, work.retries)),
            restore: rules.restore.clone(),
            drill_every: rules.drill,
        }
    }

    /// A site that is known already, or one that is not simulated.
    pub(super) fn site(&mut self, site: &spec::Site) -> Id<t::Site> {
        let sites = &mut self.topology.sites;
        let found = sites.enumerate().find(|(_, it)| it.name == site.region).map(|it| it.0);
        found.unwrap_or_else(|| {
            let (name, country) = (site.region.clone(), site.country.clone());
            sites.push(t::Site { name, country, region: None })
        })
    }
}
