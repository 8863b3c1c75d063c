//! Records that come and go: slots are reused, and a generation tells an old holder from the new one.

use crate::model::event::is_same;

/// A free-list arena. Slots keep their heap capacity when they are reused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Slab<T> {
    slots: Vec<Slot<T>>,
    free: Vec<u32>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Slot<T> {
    generation: u32,
    taken: bool,
    item: T,
}

/// No slot.
pub const NONE: u32 = u32::MAX;

impl<T: Default> Slab<T> {
    /// Takes a free slot, whose item still has the value of its last use, and returns its index.
    #[inline]
    pub fn take(&mut self) -> u32 {
        if let Some(index) = self.free.pop() {
            self.slots[index as usize].taken = true;
            index
        } else {
            self.slots.push(Slot { generation: 0, taken: true, item: T::default() });
            (self.slots.len() - 1) as u32
        }
    }

    /// Gives a slot back; whoever still holds its generation no longer matches.
    #[inline]
    pub fn release(&mut self, index: u32) {
        let slot = &mut self.slots[index as usize];
        debug_assert!(slot.taken, "a slot is given back once");
        slot.taken = false;
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(index);
    }

    /// The generation to hold together with the index.
    #[inline]
    pub fn generation(&self, index: u32) -> u32 {
        self.slots[index as usize].generation
    }

    /// Whether the slot is still the one that was taken with that generation, of which events keep 24 bits.
    #[inline]
    pub fn is_current(&self, index: u32, generation: u32) -> bool {
        let slot = &self.slots[index as usize];
        slot.taken && is_same(slot.generation, generation)
    }

    /// Taken slots in order of their index.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| slot.taken)
            .map(|(index, slot)| (index as u32, &slot.item))
    }

    /// How many slots are taken.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether no slot is taken.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> std::ops::Index<u32> for Slab<T> {
    type Output = T;
    #[inline(always)]
    fn index(&self, index: u32) -> &T {
        &self.slots[index as usize].item
    }
}

impl<T> std::ops::IndexMut<u32> for Slab<T> {
    #[inline(always)]
    fn index_mut(&mut self, index: u32) -> &mut T {
        &mut self.slots[index as usize].item
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_holder_does_not_match_the_new_use_of_a_slot() {
        let mut slab = Slab::<u64>::default();
        let first = slab.take();
        let held = slab.generation(first);
        assert!(slab.is_current(first, held));
        slab.release(first);
        assert!(!slab.is_current(first, held));
        assert_eq!(slab.take(), first, "slots are reused");
        assert!(!slab.is_current(first, held));
        assert_eq!(slab.len(), 1);
    }
}
