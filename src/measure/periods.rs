//! Calendar months and 365-day years: what of a subject's harm fell into which.

use crate::measure::Plan;
use crate::time::{Instant, Span};

/// The boundaries of months and years in the measured interval.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calendar {
    /// All boundaries, sorted; the last is the end of the measured interval.
    pub cuts: Vec<Instant>,
    /// By piece between cuts: which month of the interval (0 is the one it begins in) …
    pub month: Vec<u32>,
    /// … and which whole year, or none for the rest.
    pub year: Vec<Option<u32>>,
    pub months: Vec<MonthInfo>,
    /// Whole years in the interval.
    pub years: u32,
}

/// One month of the interval.
#[derive(Clone, Debug, PartialEq)]
pub struct MonthInfo {
    /// `2026-12`.
    pub label: String,
    /// Where the measured part of it begins …
    pub begin: Instant,
    /// … and how long that is.
    pub length: Span,
    /// It lies wholly in the measured interval.
    pub complete: bool,
}

/// What fell into one piece between two cuts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Piece {
    pub piece: u32,
    pub down: u64,
    /// The part of it that was planned (M3).
    pub planned: u64,
    /// Not meant to run (S6).
    pub not_counted: u64,
    pub failed: u128,
    /// The part of it that failed in planned downtime.
    pub failed_planned: u128,
    /// The requests of planned downtime, and those of the time in which it was not meant to run.
    pub requests_planned: u128,
    pub requests_off: u128,
    /// Clock minutes down throughout, and at any instant.
    pub sla_minutes: u32,
    pub started_minutes: u32,
}

/// The harmed pieces of one subject, in order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Periods {
    current: Piece,
    pub pieces: Vec<Piece>,
}

impl Periods {
    /// Moves on to the piece that `at` lies in and returns its end.
    #[inline]
    pub(super) fn advance(&mut self, at: Instant, plan: &Plan) -> Instant {
        let cuts = &plan.calendar.cuts;
        let mut piece = self.current.piece as usize;
        if piece < cuts.len() && at >= cuts[piece] {
            while piece < cuts.len() && at >= cuts[piece] {
                piece += 1;
            }
            self.keep_current();
            self.current = Piece { piece: piece as u32, ..Piece::default() };
        }
        cuts.get(piece).copied().unwrap_or(Instant::NEVER)
    }

    #[inline]
    pub(super) fn down(&mut self, length: Span, planned: bool) {
        self.current.down += length.0;
        if planned {
            self.current.planned += length.0;
        }
    }

    pub(super) fn not_counted(&mut self, length: Span) {
        self.current.not_counted += length.0;
    }

    /// Of the requests of a stretch so many failed, in parts.
    #[inline]
    pub(super) fn requests_in_current(
        &mut self,
        all: u128,
        failed: u128,
        off: bool,
        planned: bool,
    ) {
        self.current.failed += failed;
        if off {
            self.current.requests_off += all;
        }
        if planned {
            self.current.failed_planned += failed;
            self.current.requests_planned += all;
        }
    }

    pub(super) fn failed(&mut self, now: Instant, failed: u128, plan: &Plan) {
        self.advance(now, plan);
        self.current.failed += failed;
    }

    /// Clock minutes of an outage in the piece that `at`, a moment in it, lies in.
    pub(super) fn minutes(&mut self, at: Instant, sla: u32, started: u32, plan: &Plan) {
        let number = plan.calendar.cuts.partition_point(|&cut| cut <= at) as u32;
        let piece = if self.current.piece == number {
            &mut self.current
        } else {
            let kept = self.pieces.iter_mut().rev().find(|piece| piece.piece == number);
            kept.expect("an outage has been booked before its minutes are counted")
        };
        piece.sla_minutes += sla;
        piece.started_minutes += started;
    }

    pub(super) fn finish(&mut self) {
        self.keep_current();
        self.current = Piece::default();
    }

    fn keep_current(&mut self) {
        let Piece { down, failed, not_counted, .. } = self.current;
        if down > 0 || failed > 0 || not_counted > 0 {
            self.pieces.push(self.current);
        }
    }
}
