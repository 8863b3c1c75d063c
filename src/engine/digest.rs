//! A fingerprint of a sequence of numbers: two runs that agree in every word, in order, share it.
//!
//! Two independent 64-bit lanes, each a bijection of its state for a given word (xor or add, odd
//! multiplication, xor-shift or rotation), so that two sequences that differ in one word only can
//! never meet again in either lane. About a nanosecond a word. It guards against accidents (a changed
//! dependency, a reordered event), not against an adversary: use `blake3` on bytes for that.

/// An order-sensitive digest of `u64` words, 128 bits wide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    left: u64,
    right: u64,
    words: u64,
}

impl Default for Digest {
    fn default() -> Self {
        Digest::new()
    }
}

impl Digest {
    /// The digest of no word at all. The lanes start from the first digits of pi.
    pub const fn new() -> Self {
        Digest { left: 0x243f_6a88_85a3_08d3, right: 0x1319_8a2e_0370_7344, words: 0 }
    }

    /// Takes in one word.
    #[inline(always)]
    pub fn word(&mut self, word: u64) {
        // Odd constants: the multipliers of PCG and of xxHash.
        let left = (self.left ^ word).wrapping_mul(0x5851_f42d_4c95_7f2d);
        self.left = left ^ (left >> 29);
        self.right =
            self.right.wrapping_add(word).wrapping_mul(0x9e37_79b1_85eb_ca87).rotate_left(31);
        self.words += 1;
    }

    /// Takes in the bits of a float; every NaN counts as the same, and −0 as 0.
    #[inline]
    pub fn float(&mut self, value: f64) {
        let plain = if value.is_nan() { f64::NAN } else { value + 0.0 };
        self.word(plain.to_bits());
    }

    /// Takes in a text: its length, then its bytes, eight to a word.
    pub fn text(&mut self, text: &str) {
        self.word(text.len() as u64);
        for chunk in text.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
    }

    /// The fingerprint of everything taken in so far, as 32 hexadecimal digits.
    pub fn finish(&self) -> String {
        let left = avalanche(self.left ^ self.words);
        let right = avalanche(self.right ^ self.left.rotate_left(32));
        format!("{left:016x}{right:016x}")
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): each input bit flips half the output bits.
fn avalanche(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn of(words: &[u64]) -> String {
        let mut digest = Digest::new();
        words.iter().for_each(|word| digest.word(*word));
        digest.finish()
    }

    #[test]
    fn order_length_and_every_bit_count() {
        let mut seen = HashSet::new();
        assert!(seen.insert(of(&[])));
        assert!(seen.insert(of(&[0])));
        assert!(seen.insert(of(&[0, 0])));
        assert!(seen.insert(of(&[1, 2, 3])));
        assert!(seen.insert(of(&[1, 3, 2])));
        for place in 0..4 {
            for bit in 0..64 {
                let mut words = [7, 8, 9, 10];
                words[place] ^= 1 << bit;
                assert!(seen.insert(of(&words)), "bit {bit} of word {place}");
            }
        }
    }

    #[test]
    fn texts_and_floats_have_one_form() {
        let of = |take: &dyn Fn(&mut Digest)| {
            let mut digest = Digest::new();
            take(&mut digest);
            digest.finish()
        };
        assert_ne!(of(&|d| d.text("ab")), of(&|d| d.text("ab\0")));
        assert_eq!(of(&|d| d.float(0.0)), of(&|d| d.float(-0.0)));
        assert_eq!(of(&|d| d.float(f64::NAN)), of(&|d| d.float(-f64::NAN)));
    }

    #[test]
    fn the_digest_itself_never_changes() {
        assert_eq!(of(&[1, 2, 3]), "e04ca9568a9b6fecacb4b2e3914c3e03");
    }
}
