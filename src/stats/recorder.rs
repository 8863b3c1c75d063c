//! A sketch that is filled value by value.

use super::Sketch;

/// Values that wait together.
const WAITING: usize = 16;

/// Fills a [`Sketch`] with values that arrive one at a time, a few of them at once.
///
/// Where values are scattered, recording one is waiting for memory; for several together the processor
/// waits once.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    sketch: Sketch,
    waiting: [u64; WAITING],
    count: u8,
}

impl Recorder {
    /// Records a value.
    #[inline]
    pub fn insert(&mut self, value: u64) {
        self.waiting[usize::from(self.count)] = value;
        self.count += 1;
        if usize::from(self.count) == WAITING {
            self.finish();
        }
    }

    /// Nothing waits any more.
    #[inline(never)]
    pub fn finish(&mut self) {
        for &value in &self.waiting[..usize::from(self.count)] {
            self.sketch.insert(value);
        }
        self.count = 0;
    }

    /// All values recorded.
    ///
    /// # Panics
    /// Unless [`Recorder::finish`] was the last call.
    pub fn sketch(&self) -> &Sketch {
        assert_eq!(self.count, 0, "values wait to be recorded");
        &self.sketch
    }

    /// Heap bytes it takes.
    pub fn bytes(&self) -> usize {
        self.sketch.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recorded_is_what_was_inserted() {
        for count in [0, 1, 15, 16, 17, 1000] {
            let (mut recorder, mut sketch) = (Recorder::default(), Sketch::default());
            for value in (0..count).map(|it: u64| it * it * 977) {
                recorder.insert(value);
                sketch.insert(value);
            }
            recorder.finish();
            assert_eq!(*recorder.sketch(), sketch);
        }
    }
}
