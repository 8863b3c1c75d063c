//! Which zone a container is placed in.

/// A zone to choose from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub usable: bool,
    /// Containers of the same app that stand in it.
    pub units: u32,
}

/// Spread: the usable zone with the fewest containers of the app; of equals the first by name.
pub fn emptiest(candidates: impl Iterator<Item = Candidate>) -> Option<usize> {
    candidates
        .enumerate()
        .filter(|(_, it)| it.usable)
        .min_by_key(|&(place, it)| (it.units, place))
        .map(|(place, _)| place)
}

/// One home zone: the usable zone that holds most of the app already; of equals the first by name.
pub fn fullest(candidates: impl Iterator<Item = Candidate>) -> Option<usize> {
    candidates
        .enumerate()
        .filter(|(_, it)| it.usable)
        .min_by_key(|&(place, it)| (std::cmp::Reverse(it.units), place))
        .map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zones(of: &[(bool, u32)]) -> impl Iterator<Item = Candidate> {
        of.iter().map(|&(usable, units)| Candidate { usable, units })
    }

    #[test]
    fn spread_fills_the_emptiest_usable_zone() {
        assert_eq!(emptiest(zones(&[(true, 1), (true, 0), (true, 0)])), Some(1));
        assert_eq!(emptiest(zones(&[(false, 0), (true, 2), (true, 1)])), Some(2));
        assert_eq!(emptiest(zones(&[(false, 0), (false, 2)])), None);
    }

    #[test]
    fn home_stays_together_and_moves_together() {
        assert_eq!(fullest(zones(&[(true, 0), (true, 0)])), Some(0));
        assert_eq!(fullest(zones(&[(true, 0), (true, 2)])), Some(1));
        assert_eq!(fullest(zones(&[(true, 0), (false, 2)])), Some(0));
    }
}
