//! The search: which places data can reach, and the smallest sets of losses that each takes.

use super::flows::{Flow, Holding, Place};
use crate::model::residency::Move;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What must have happened: all of these zones lost or cut off at once, and all of these events.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Needs {
    pub lost: BTreeSet<String>,
    pub also: BTreeSet<String>,
}

impl Needs {
    /// Nothing at all.
    pub fn nothing() -> Needs {
        Needs::default()
    }

    /// These zones lost.
    pub fn lost<'a>(zones: impl IntoIterator<Item = &'a String>) -> Needs {
        Needs { lost: zones.into_iter().cloned().collect(), also: BTreeSet::new() }
    }

    /// … and this.
    pub fn also(mut self, event: impl Into<String>) -> Needs {
        self.also.insert(event.into());
        self
    }

    pub(super) fn with(&self, more: &Needs) -> Needs {
        Needs {
            lost: self.lost.union(&more.lost).cloned().collect(),
            also: self.also.union(&more.also).cloned().collect(),
        }
    }

    /// Whether whatever fulfils `other` fulfils this too.
    fn is_within(&self, other: &Needs) -> bool {
        self.lost.is_subset(&other.lost) && self.also.is_subset(&other.also)
    }

    fn size(&self) -> usize {
        self.lost.len() + self.also.len()
    }
}

/// One way to one place.
#[derive(Clone, Debug)]
pub struct Reached {
    pub holding: Holding,
    pub needs: Needs,
    /// Where the data came from; `None`: it has always been there.
    pub from: Option<Place>,
    /// What brought it there, first to last.
    pub chain: Vec<Move>,
}

/// Follows the flows from what has always been there, with the fewest losses first, and keeps every way
/// that no other way to the same place makes superfluous.
pub fn explore(flows: &dyn Fn(Option<&Holding>) -> Vec<Flow>) -> Vec<Reached> {
    let mut found: Vec<Reached> = Vec::new();
    let mut by_holding: BTreeMap<Holding, Vec<usize>> = BTreeMap::new();
    let mut waiting: VecDeque<Reached> = VecDeque::new();
    let follow = |from: Option<&Reached>, waiting: &mut VecDeque<Reached>| {
        for flow in flows(from.map(|it| &it.holding)) {
            for needs in &flow.needs {
                let mut chain = from.map_or_else(Vec::new, |it| it.chain.clone());
                chain.push(flow.by);
                let way = Reached {
                    holding: flow.to.clone(),
                    needs: from.map_or_else(|| needs.clone(), |it| it.needs.with(needs)),
                    from: flow.from.clone().or_else(|| from.map(|it| it.holding.place.clone())),
                    chain,
                };
                let place = waiting.partition_point(|it| it.needs.size() <= way.needs.size());
                waiting.insert(place, way);
            }
        }
    };
    follow(None, &mut waiting);
    while let Some(way) = waiting.pop_front() {
        let known = by_holding.entry(way.holding.clone()).or_default();
        if known.iter().any(|&it| found[it].needs.is_within(&way.needs)) {
            continue;
        }
        known.push(found.len());
        follow(Some(&way), &mut waiting);
        found.push(way);
    }
    found
}

/// The sets that contain no other one, in order of size.
pub(super) fn smallest(mut all: Vec<Needs>) -> Vec<Needs> {
    all.sort_by(|a, b| (a.size(), a).cmp(&(b.size(), b)));
    let mut kept: Vec<Needs> = Vec::new();
    for needs in all {
        if !kept.iter().any(|it| it.is_within(&needs)) {
            kept.push(needs);
        }
    }
    kept
}
