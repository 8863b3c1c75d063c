//! Where a container is placed: the auction of Diego, over zones and then over hosts.
//!
//! Zones come in order of the containers of the app that stand in them; those with equally many are
//! considered together, and the host with the lowest score wins. Where none of them has room, the next
//! ones are tried. A zone whose hosts are not described has room without end and a score of zero.

/// A zone to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub usable: bool,
    /// Containers of the same app that stand in it.
    pub units: u32,
}

/// Which zones are tried first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Spread: those with the fewest containers of the app.
    EmptiestFirst,
    /// One home zone: those with the most.
    FullestFirst,
}

impl Order {
    fn rank(self, units: u32) -> u32 {
        match self {
            Order::EmptiestFirst => units,
            Order::FullestFirst => u32::MAX - units,
        }
    }
}

/// The zone that wins where all have room without end: what [`auction`] finds if every score is zero.
#[inline]
pub fn emptiest(order: Order, zones: impl Iterator<Item = Candidate>) -> Option<usize> {
    // Selected, not branched on, in one number: rank, then place.
    let bid = |(place, zone): (usize, Candidate)| {
        let bid = u64::from(order.rank(zone.units)) << 32 | place as u64;
        if zone.usable { bid } else { u64::MAX }
    };
    let best = zones.enumerate().map(bid).fold(u64::MAX, u64::min);
    (best < u64::MAX).then_some(best as u32 as usize)
}

/// The zone that wins, by its place; `best_host` is the lowest score in a zone, or nothing where none of
/// its hosts has room. Of equals the first by name wins.
pub fn auction(
    order: Order,
    zones: impl Iterator<Item = Candidate> + Clone,
    mut best_host: impl FnMut(usize) -> Option<u64>,
) -> Option<usize> {
    let rank = |units| order.rank(units);
    let mut tried = None;
    loop {
        let usable = || zones.clone().enumerate().filter(|(_, it)| it.usable);
        let untried = usable().map(|(_, it)| rank(it.units)).filter(|it| Some(*it) > tried);
        let level = untried.min()?;
        let equals = usable().filter(|(_, it)| rank(it.units) == level);
        let bids = equals.filter_map(|(place, _)| best_host(place).map(|score| (score, place)));
        if let Some((_, place)) = bids.min() {
            return Some(place);
        }
        tried = Some(level);
    }
}

/// Scores are whole numbers of this part of one.
const PARTS: u64 = 1_000_000_000;

/// A host's score before it is known which app asks: the fraction of its memory in use, and a quarter
/// for each container that is starting on it.
pub fn load_score(used: u64, memory: u64, starting: u32) -> u64 {
    let fraction = u128::from(used) * u128::from(PARTS) / u128::from(memory);
    fraction as u64 + u64::from(starting) * (PARTS / 4)
}

/// A host to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bid {
    /// Its [`load_score`].
    pub load: u64,
    /// Containers of the same app that stand on it.
    pub same: u32,
    pub has_room: bool,
}

/// The host with the lowest score, 1000 for each container of the same app on top of its load: its
/// place and score. Hosts come in ascending order of their load, so that the first one with room and
/// without a container of the app ends the search.
pub fn lowest(hosts: impl Iterator<Item = Bid>) -> Option<(usize, u64)> {
    let mut best: Option<(usize, u64)> = None;
    for (place, bid) in hosts.enumerate() {
        if best.is_some_and(|(_, score)| score <= bid.load) {
            break;
        }
        let score = bid.load + u64::from(bid.same) * 1000 * PARTS;
        if bid.has_room && best.is_none_or(|(_, lowest)| score < lowest) {
            best = Some((place, score));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::Order::*;
    use super::*;

    fn zones(of: &[(bool, u32)]) -> impl Iterator<Item = Candidate> + Clone {
        of.iter().map(|&(usable, units)| Candidate { usable, units })
    }

    #[test]
    fn spread_fills_the_emptiest_usable_zone() {
        let endless = |of: &[(bool, u32)]| {
            let place = auction(EmptiestFirst, zones(of), |_| Some(0));
            assert_eq!(place, emptiest(EmptiestFirst, zones(of)));
            place
        };
        assert_eq!(endless(&[(true, 1), (true, 0), (true, 0)]), Some(1));
        assert_eq!(endless(&[(false, 0), (true, 2), (true, 1)]), Some(2));
        assert_eq!(endless(&[(false, 0), (false, 2)]), None);
    }

    #[test]
    fn home_stays_together_and_moves_together() {
        let endless = |of: &[(bool, u32)]| {
            let place = auction(FullestFirst, zones(of), |_| Some(0));
            assert_eq!(place, emptiest(FullestFirst, zones(of)));
            place
        };
        assert_eq!(endless(&[(true, 0), (true, 0)]), Some(0));
        assert_eq!(endless(&[(true, 0), (true, 2)]), Some(1));
        assert_eq!(endless(&[(true, 0), (false, 2)]), Some(0));
    }

    #[test]
    fn of_equal_zones_the_lowest_score_wins_and_a_full_one_is_passed_over() {
        let bids = [None, Some(7), Some(5), Some(1)];
        let won = |of: &[(bool, u32)]| auction(EmptiestFirst, zones(of), |place| bids[place]);
        assert_eq!(won(&[(true, 0), (true, 1), (true, 1), (true, 2)]), Some(2));
        assert_eq!(won(&[(true, 0), (true, 1), (false, 1), (true, 1)]), Some(3));
        assert_eq!(won(&[(true, 0), (false, 0), (false, 0), (false, 0)]), None);
    }

    #[test]
    fn the_score_of_a_host_is_that_of_the_auction() {
        // Half full, two starting: 0.5 + 2 · 0.25.
        assert_eq!(load_score(32, 64, 2), PARTS);
        assert_eq!(load_score(0, 64, 0), 0);
        assert_eq!(load_score(u64::MAX, u64::MAX, 0), PARTS);
    }

    #[test]
    fn a_host_without_the_app_beats_every_emptier_one_with_it() {
        let bid = |load, same, has_room| Bid { load, same, has_room };
        let hosts = [bid(1, 1, true), bid(2, 0, false), bid(9, 0, true), bid(9, 0, true)];
        assert_eq!(lowest(hosts.into_iter()), Some((2, 9)));
        let all_have_it = [bid(1, 2, true), bid(5, 1, true), bid(6, 1, true)];
        assert_eq!(lowest(all_have_it.into_iter()), Some((1, 5 + 1000 * PARTS)));
        assert_eq!(lowest([bid(0, 0, false)].into_iter()), None);
    }

    #[test]
    fn the_search_ends_with_the_first_host_that_cannot_be_beaten() {
        let mut looked = 0;
        let hosts = (0..1_000_000).map(|load| {
            looked += 1;
            Bid { load, same: u32::from(load < 3), has_room: true }
        });
        assert_eq!(lowest(hosts), Some((3, 3)));
        assert_eq!(looked, 5, "three with the app, the winner, and one that cannot be lower");
    }
}
