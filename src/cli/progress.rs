//! The bar on a terminal: how far a study has got, and the time left.

use super::Talk;
use crate::study::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar, or nothing where nobody would see it.
pub struct Bar(ProgressBar);

impl Bar {
    pub fn new(talk: &Talk) -> Bar {
        let target = match talk.shows_progress() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let style =
            ProgressStyle::with_template("  {bar:40} {pos} of {len} replications, {eta} left")
                .expect("the template is a constant")
                .progress_chars("█▌ ");
        Bar(ProgressBar::with_draw_target(Some(0), target).with_style(style))
    }

    /// May be called from any thread. The plan grows while a precision is being reached.
    pub fn show(&self, progress: Progress) {
        self.0.set_length(progress.planned);
        self.0.set_position(progress.done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
