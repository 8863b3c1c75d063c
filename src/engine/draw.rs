//! Keyed draws: luck that belongs to a name, not to an order of drawing.
//!
//! A draw is a pure function of *who* (the [`Key`] of a component's logical name, which holds the seed),
//! *what for* (the [`Purpose`]), *in which replication*, *the how-manieth time* (the occurrence, which
//! is the `life` counter the component has anyway) and *`j`* (redraws and loops). There is no stream
//! state, so adding a component, moving it or drawing in another order changes nobody else's luck, and
//! a draw costs eight bytes a component, shared by all replications.
//!
//! The key is SipHash-2-4 (Aumasson, Bernstein 2012), the function Philox2x64-10 (Salmon, Moraes, Dror,
//! Shaw 2011), which was designed for keyed use and passes BigCrush over neighbouring counters:
//!
//! ```text
//! counter word 0 = occurrence (32 bits) | purpose (16) | j (16)
//! counter word 1 = block (24 bits, 0 except in a KeyedRng) | replication (40)
//! ```

use std::convert::Infallible;

use rand::rand_core;
use rand::rand_core::TryRng;

/// The second half of SipHash's key: the digits of pi after the first 64 bits. Never change it.
const NAMES: u64 = 0x1319_8a2e_0370_7344;
/// The same for the names of failures, so that a failure and a component may share a name.
const FAILURES: u64 = 0xa409_3822_299f_31d0;
/// Replications are numbered below this; the bits above count the blocks of a [`KeyedRng`].
const REPLICATION_BITS: u32 = 40;

/// What a component's luck hangs on: the seed of the study and the component's logical name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u64);

impl Key {
    /// The key of the component called `name` under `seed`.
    ///
    /// Two names share a key with probability 2^-64; whoever sets up a study asserts that none do.
    pub fn new(seed: u64, name: &str) -> Key {
        Key(siphash_2_4(seed, NAMES, name.as_bytes()))
    }

    /// The 64 bits of the key, for a digest or a test for clashes.
    pub const fn bits(self) -> u64 {
        self.0
    }
}

/// What a draw decides. Numbers are fixed for ever: reusing one would tie two kinds of luck together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purpose(pub u16);

impl Purpose {
    /// Where in its interval a checker stands when something breaks.
    pub const DETECT_PHASE: Purpose = Purpose(1);
    /// How long it takes to notice.
    pub const DETECT: Purpose = Purpose(2);
    /// How long it takes to decide what to do.
    pub const DECIDE: Purpose = Purpose(3);
    /// How long it takes to end what still runs.
    pub const KILL: Purpose = Purpose(4);
    /// How long a start takes.
    pub const START: Purpose = Purpose(5);
    /// How long it takes until nothing is routed there any more; the second number of the block, until
    /// requests are routed to the next entry.
    pub const UNREGISTER: Purpose = Purpose(6);
    /// Set aside: registration draws with [`Purpose::UNREGISTER`].
    pub const REGISTER: Purpose = Purpose(7);
    /// Set aside: ejection has the phase of [`Purpose::PROBE_ADMIT`].
    pub const PROBE_EJECT: Purpose = Purpose(8);
    /// The phase of a balancer's probes of one life of a target.
    pub const PROBE_ADMIT: Purpose = Purpose(9);
    /// How long a component works before it fails, or until a change of an app; the second number of the
    /// block, how smooth that change is.
    pub const UP_TIME: Purpose = Purpose(10);
    /// How long a fault lasts.
    pub const LASTS: Purpose = Purpose(11);
    /// How much of its target a fault hits.
    pub const FRACTION: Purpose = Purpose(12);
    /// Whether a fault hits a given component.
    pub const HIT: Purpose = Purpose(13);
    /// Which of several equals is picked.
    pub const PICK: Purpose = Purpose(14);
    /// How long a repair takes.
    pub const REPAIR: Purpose = Purpose(15);
    /// The phase of a health manager's convergence loop.
    pub const CONVERGENCE: Purpose = Purpose(32);
    /// How long it takes until another instance of a health manager takes over.
    pub const TAKEOVER: Purpose = Purpose(33);
    /// How long it takes until the presence of a host expires.
    pub const PRESENCE: Purpose = Purpose(34);
    /// How many hosts are lost in company of another, and which.
    pub const COMPANY: Purpose = Purpose(35);
    /// When in its interval an entry is renewed; the second number of the block, when a router looks for
    /// those that are not.
    pub const PRUNING: Purpose = Purpose(36);
    /// How long the gap is in which a container is away that is not replaced without one.
    pub const RENEWAL: Purpose = Purpose(64);
    /// How long the start of a successor takes; the second number of the block, until it is admitted; the
    /// third, whether there is one at all.
    pub const SUCCESSOR: Purpose = Purpose(65);
    /// Set aside: whether a deployment is bad hangs on the second number of its [`Purpose::UP_TIME`].
    pub const DEPLOYMENT: Purpose = Purpose(66);
    /// How long the operator takes to notice; the second number of the block, to act.
    pub const OPERATOR: Purpose = Purpose(67);
    /// How long a rollback takes.
    pub const ROLLBACK: Purpose = Purpose(68);
    /// Whether a maintenance window is used, and when in it the maintenance begins.
    pub const WINDOW: Purpose = Purpose(69);
    /// Whether the failover of a database goes by itself.
    pub const COVERAGE: Purpose = Purpose(104);
    /// How long it takes until an operator has promoted a standby.
    pub const MANUAL_FAILOVER: Purpose = Purpose(105);
    /// How long a promotion takes.
    pub const PROMOTE: Purpose = Purpose(98);
    /// How long a container takes to reconnect to its database.
    pub const RECONNECT: Purpose = Purpose(99);
    /// How long it takes until a restore is ordered.
    pub const RESTORE_DECISION: Purpose = Purpose(100);
    /// How long a restore takes.
    pub const RESTORE: Purpose = Purpose(101);
    /// Whether a restore fails.
    pub const RESTORE_FAILS: Purpose = Purpose(102);
    /// When the log of a database is shipped.
    pub const LOG_PHASE: Purpose = Purpose(103);
    /// How far the copy of a database in another region is behind when it is promoted.
    pub const REPLICA_LAG: Purpose = Purpose(106);
    /// Until an operator has decided to promote it.
    pub const REPLICA_DECISION: Purpose = Purpose(107);
    /// How long that takes.
    pub const REPLICA_PROMOTE: Purpose = Purpose(108);
    /// Until an operator has decided that an app goes to its fallback region.
    pub const FALLBACK_DECISION: Purpose = Purpose(112);
    /// Until that is prepared.
    pub const FALLBACK_PREPARE: Purpose = Purpose(113);
    /// How long clients take to be led to another region.
    pub const FALLBACK_DNS: Purpose = Purpose(114);
    /// Until the return from there is ordered.
    pub const FALLBACK_RETURN: Purpose = Purpose(115);
    /// How far the copy of the files there lags behind when it is gone on with.
    pub const FALLBACK_FILES: Purpose = Purpose(116);
    /// How many attempts of a backup fail before one that does not, and whether one after that does; the
    /// second number of the block, the same of its copy.
    pub const BACKUP: Purpose = Purpose(160);
    /// How long an attempt of a backup takes; the second number of the block, one of its copy.
    pub const BACKUP_LENGTH: Purpose = Purpose(161);
    /// When in its window a backup begins.
    pub const BACKUP_START: Purpose = Purpose(162);
    /// Whether the restore of a drill fails; the second number of the block, how long it takes.
    pub const DRILL: Purpose = Purpose(163);
    /// Whether a replica of a bucket keeps its data when its zone is lost.
    pub const LOST_WITH_ZONE: Purpose = Purpose(164);
    /// How long a bucket that is short of replicas is left where it is.
    pub const GRACE: Purpose = Purpose(165);
    /// How long it takes to move a bucket.
    pub const RELOCATION: Purpose = Purpose(166);
    /// How much of a bucket had not yet arrived in another region.
    pub const COPY_LAG: Purpose = Purpose(167);
    /// How long it takes until wrong data is noticed; the second number of the block, until it is decided
    /// what is restored.
    pub const DATA_FAULT: Purpose = Purpose(168);
    /// In which hours a backup that is due fails at every attempt.
    pub const BACKUP_LOST: Purpose = Purpose(176);
    /// In which hours its copy does.
    pub const BACKUP_COPY_LOST: Purpose = Purpose(177);

    /// When an autoscaler looks at its load for the first time.
    pub const SCALING: Purpose = Purpose(96);
    /// How long a host that was emptied is away; of a container that is moved from one, how long its
    /// successor takes to start and to be admitted.
    pub const EVACUATION: Purpose = Purpose(97);

    /// The clock of one failure entry on a component: each failure named in a scenario has its own luck.
    ///
    /// The upper half of the numbers is set aside for them. Two names may share a purpose (once in
    /// 32 768 pairs); the set-up asserts that the failures of one component do not.
    pub fn for_failure(name: &str) -> Purpose {
        Purpose(0x8000 | (siphash_2_4(0, FAILURES, name.as_bytes()) & 0x7fff) as u16)
    }
}

/// The coordinates of one draw. Copy it, change what differs, ask for a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Whose luck.
    pub key: Key,
    /// What for.
    pub purpose: Purpose,
    /// In which replication, below 2^40.
    pub replication: u64,
    /// The how-manieth time for this component and purpose.
    pub occurrence: u32,
    /// Redraws and loops within one occurrence; 0 for the first.
    pub j: u16,
}

impl Draw {
    /// The first draw (`j` = 0) of an occurrence.
    #[inline(always)]
    pub const fn new(key: Key, purpose: Purpose, replication: u64, occurrence: u32) -> Draw {
        Draw { key, purpose, replication, occurrence, j: 0 }
    }

    /// The same draw with another `j`.
    #[inline(always)]
    pub const fn redraw(self, j: u16) -> Draw {
        Draw { j, ..self }
    }

    /// A number in (0, 1), never 0 or 1: an odd multiple of 2^-53, so that `1.0 - u` is exact.
    #[inline(always)]
    pub fn uniform(self) -> f64 {
        self.uniform2().0
    }

    /// Two independent numbers in (0, 1) for the price of one; the first is [`Draw::uniform`].
    #[inline(always)]
    pub fn uniform2(self) -> (f64, f64) {
        let [x0, x1] = philox2x64_10(self.counter(), self.key.0);
        (unit(x0), unit(x1))
    }

    /// Three independent numbers in (0, 1) for the price of one; the first is [`Draw::uniform`], the other
    /// two are odd multiples of 2^-33.
    #[inline(always)]
    pub fn uniform3(self) -> (f64, f64, f64) {
        let [x0, x1] = philox2x64_10(self.counter(), self.key.0);
        let half = |bits: u32| (f64::from(bits) + 0.5) * (1.0 / 4_294_967_296.0);
        (unit(x0), half((x1 >> 32) as u32), half(x1 as u32))
    }

    /// An endless generator for a sampler that needs several numbers. See [`KeyedRng`].
    pub fn rng(self) -> KeyedRng {
        KeyedRng { counter: self.counter(), key: self.key.0, spare: None }
    }

    #[inline(always)]
    fn counter(self) -> [u64; 2] {
        debug_assert!(self.replication >> REPLICATION_BITS == 0, "too many replications");
        let word =
            u64::from(self.occurrence) << 32 | u64::from(self.purpose.0) << 16 | u64::from(self.j);
        [word, self.replication]
    }
}

/// A number in (0, 1) for the coordinates given: [`Draw::uniform`] without the struct.
#[inline(always)]
pub fn uniform(key: Key, purpose: Purpose, replication: u64, occurrence: u32, j: u16) -> f64 {
    Draw { key, purpose, replication, occurrence, j }.uniform()
}

/// Both numbers of the block for the coordinates given: [`Draw::uniform2`] without the struct.
#[inline(always)]
pub fn uniform2(
    key: Key,
    purpose: Purpose,
    replication: u64,
    occurrence: u32,
    j: u16,
) -> (f64, f64) {
    Draw { key, purpose, replication, occurrence, j }.uniform2()
}

/// `rand`'s generator interface over the draws of one [`Draw`], for samplers of `rand_distr` that
/// need an unknown number of uniforms.
///
/// Its blocks are told apart by the upper 24 bits of the second counter word, which count from 1 and
/// are 0 in every other draw: it can meet neither another `j` nor another occurrence, purpose or
/// replication. It holds 2^24 − 1 blocks of two words, far more than a rejection sampler takes.
#[derive(Clone, Debug)]
pub struct KeyedRng {
    counter: [u64; 2],
    key: u64,
    spare: Option<u64>,
}

impl TryRng for KeyedRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok((self.try_next_u64()? >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        if let Some(word) = self.spare.take() {
            return Ok(word);
        }
        self.counter[1] = self.counter[1]
            .checked_add(1 << REPLICATION_BITS)
            .expect("one draw takes fewer than 2^25 words");
        let [word, spare] = philox2x64_10(self.counter, self.key);
        self.spare = Some(spare);
        Ok(word)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        rand_core::utils::fill_bytes_via_next_word(bytes, || self.try_next_u64())
    }
}

/// 52 bits to the middle of their interval of (0, 1): `(bits + 1/2) / 2^52`.
#[inline(always)]
fn unit(bits: u64) -> f64 {
    const ONE: u64 = 1f64.to_bits();
    // As the mantissa of a number in [1, 2), less 1 − 2^-53: exact, and half as many cycles as a
    // conversion of the integer, on the path that every event waits for.
    f64::from_bits(ONE | bits >> 12) - (1.0 - 0.5 * f64::EPSILON)
}

/// The counter-based generator Philox2x64 with ten rounds.
#[inline(always)]
fn philox2x64_10(counter: [u64; 2], key: u64) -> [u64; 2] {
    const MULTIPLIER: u64 = 0xd2b7_4407_b1ce_6e93;
    const WEYL: u64 = 0x9e37_79b9_7f4a_7c15;
    let [mut c0, mut c1] = counter;
    let mut round = |key: u64| {
        let product = u128::from(c0) * u128::from(MULTIPLIER);
        c0 = (product >> 64) as u64 ^ key ^ c1;
        c1 = product as u64;
    };
    let mut key = key;
    // A number that the compiler does not know keeps the loop a loop: unrolled, the constants of ten rounds
    // are 250 bytes wherever a number is drawn, and the path of an event has to fit into 32 KiB.
    for _ in 0..std::hint::black_box(5) {
        round(key);
        round(key.wrapping_add(WEYL));
        key = key.wrapping_add(WEYL.wrapping_mul(2));
    }
    [c0, c1]
}

/// SipHash with two rounds a word and four at the end. `std`'s hasher is not fixed between versions.
fn siphash_2_4(k0: u64, k1: u64, bytes: &[u8]) -> u64 {
    // "somepseudorandomlygeneratedbytes"
    let mut v = [
        k0 ^ 0x736f_6d65_7073_6575,
        k1 ^ 0x646f_7261_6e64_6f6d,
        k0 ^ 0x6c79_6765_6e65_7261,
        k1 ^ 0x7465_6462_7974_6573,
    ];
    let mut take = |word: u64| {
        v[3] ^= word;
        sip_round(&mut v);
        sip_round(&mut v);
        v[0] ^= word;
    };
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        take(u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    last[7] = bytes.len() as u8;
    take(u64::from_le_bytes(last));
    v[2] ^= 0xff;
    for _ in 0..4 {
        sip_round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

#[inline(always)]
fn sip_round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;
    use std::collections::HashSet;
    use std::hash::Hasher;

    #[test]
    fn philox_gives_the_vectors_of_random123() {
        // kat_vectors of Random123 1.14: philox2x64, 10 rounds.
        let vectors = [
            ([0, 0], 0, [0xca00_a045_9843_d731, 0x66c2_4222_c9a8_45b5]),
            ([!0, !0], !0, [0x65b0_21d6_0cd8_310f, 0x4d02_f322_2f86_df20]),
            (
                [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344],
                0xa409_3822_299f_31d0,
                [0x0a5e_742c_2997_341c, 0xb0f8_83d3_8000_de5d],
            ),
        ];
        for (counter, key, expected) in vectors {
            assert_eq!(philox2x64_10(counter, key), expected);
        }
    }

    #[test]
    fn three_numbers_are_the_first_of_two_and_the_halves_of_the_second() {
        let draw = |life| Draw::new(Key::new(7, "shop/2"), Purpose::SUCCESSOR, 3, life);
        let mut sums = [0.0; 3];
        for life in 0..10_000 {
            let ((a, b), (x, y, z)) = (draw(life).uniform2(), draw(life).uniform3());
            assert_eq!(a, x);
            assert!((b - y).abs() <= 1.2e-10, "the upper half is nearly all of it");
            assert!(z > 0.0 && z < 1.0 && y > 0.0 && y < 1.0);
            for (sum, term) in sums.iter_mut().zip([z, y * z, x * z]) {
                *sum += term / 10_000.0;
            }
        }
        // Mean 1/2, and products of independent ones 1/4: within five standard errors (0.0029, 0.0022).
        assert!((sums[0] - 0.5).abs() < 0.0145, "{sums:?}");
        assert!(sums[1..].iter().all(|it| (it - 0.25).abs() < 0.011), "{sums:?}");
    }

    #[test]
    fn siphash_gives_its_reference_vectors() {
        // The paper's key 00 01 .. 0f and messages 00 01 02 ...: lengths 0, 1 and 15.
        let (k0, k1) = (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
        let message: Vec<u8> = (0..64).collect();
        assert_eq!(siphash_2_4(k0, k1, &message[..0]), 0x726f_db47_dd0e_0e31);
        assert_eq!(siphash_2_4(k0, k1, &message[..1]), 0x74f8_39c5_93dc_67fd);
        assert_eq!(siphash_2_4(k0, k1, &message[..15]), 0xa129_ca61_49be_45e5);
        // std's deprecated SipHasher is SipHash-2-4 too: a second opinion on every length.
        for length in 0..=message.len() {
            #[allow(deprecated)]
            let mut other = std::hash::SipHasher::new_with_keys(k0, k1);
            other.write(&message[..length]);
            assert_eq!(siphash_2_4(k0, k1, &message[..length]), other.finish());
        }
    }

    #[test]
    fn numbers_lie_strictly_between_zero_and_one() {
        assert_eq!(unit(0), 0.5 * f64::EPSILON);
        assert_eq!(unit(u64::MAX), 1.0 - 0.5 * f64::EPSILON);
        assert_eq!(1.0 - unit(u64::MAX), unit(0));
    }

    #[test]
    fn every_coordinate_changes_the_luck() {
        let key = Key::new(1, "shop/2");
        let at = |purpose, replication, occurrence, j| {
            uniform(key, purpose, replication, occurrence, j).to_bits()
        };
        let mut seen = HashSet::new();
        assert!(seen.insert(at(Purpose::START, 0, 0, 0)));
        assert!(seen.insert(at(Purpose::KILL, 0, 0, 0)));
        assert!(seen.insert(at(Purpose::START, 1, 0, 0)));
        assert!(seen.insert(at(Purpose::START, 0, 1, 0)));
        assert!(seen.insert(at(Purpose::START, 0, 0, 1)));
        assert!(seen.insert(uniform(Key::new(2, "shop/2"), Purpose::START, 0, 0, 0).to_bits()));
        assert!(seen.insert(uniform(Key::new(1, "shop/3"), Purpose::START, 0, 0, 0).to_bits()));
        let (first, second) = uniform2(key, Purpose::START, 0, 0, 0);
        assert!(!seen.insert(first.to_bits()));
        assert!(seen.insert(second.to_bits()));
    }

    #[test]
    fn a_generator_meets_no_other_draw() {
        let draw = Draw::new(Key::new(1, "a"), Purpose::FRACTION, 3, 7);
        let mut rng = draw.rng();
        let words: HashSet<u64> = (0..1000).map(|_| rng.next_u64() >> 12).collect();
        assert_eq!(words.len(), 1000);
        for j in 0..1000 {
            let (a, b) = draw.redraw(j).uniform2();
            for u in [a, b] {
                assert!(!words.contains(&((u / f64::EPSILON) as u64)));
            }
        }
        let mut again = draw.rng();
        let mut bytes = [0; 12];
        again.fill_bytes(&mut bytes);
        assert_eq!(bytes[..8], draw.rng().next_u64().to_le_bytes());
    }

    #[test]
    fn the_luck_of_a_name_never_changes() {
        assert_eq!(Key::new(42, "shop/2").bits(), 0xd3b3_82ea_2906_9863);
        assert_eq!(Purpose::for_failure("crash"), Purpose(63340));
        assert!(Purpose::for_failure("hang").0 >= 0x8000);
    }

    /// Neighbouring keys, occurrences and purposes must look independent: a chi-square on the pairs.
    #[test]
    fn neighbours_are_independent() {
        const CELLS: usize = 16;
        let mut counts = [[0u32; CELLS]; CELLS];
        let draws = 256 * 1024;
        let cell = |u: f64| (u * CELLS as f64) as usize;
        for i in 0..draws {
            let draw = Draw::new(Key(i / 64), Purpose::START, 0, (i % 64) as u32);
            let next = Draw { occurrence: draw.occurrence + 1, ..draw };
            counts[cell(draw.uniform())][cell(next.uniform())] += 1;
        }
        let expected = draws as f64 / (CELLS * CELLS) as f64;
        let chi_square: f64 = counts
            .iter()
            .flatten()
            .map(|n| f64::from(*n) - expected)
            .map(|d| d * d / expected)
            .sum();
        // 255 degrees of freedom: mean 255, standard deviation 22.6.
        assert!((chi_square - 255.0).abs() < 5.0 * 22.6, "chi-square {chi_square}");
    }
}
