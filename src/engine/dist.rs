//! Placeholder until the distributions are merged.
use crate::engine::Draw;
use crate::time::Span;
/// See the engine branch.
#[derive(Clone, Debug, PartialEq)]
pub enum Dist { Never, Constant(f64), Exponential(f64) }
impl Dist {
    pub fn sample(&self, draw: Draw) -> f64 {
        match self { Dist::Never => f64::INFINITY, Dist::Constant(s) => *s, Dist::Exponential(m) => -crate::engine::math::ln(draw.uniform()) * m }
    }
    pub fn span(&self, draw: Draw) -> Span { Span::from_secs(self.sample(draw)) }
}
