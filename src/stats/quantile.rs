//! Quantiles of the laws that intervals are made of.
//!
//! Gamma and beta quantiles are found on a logarithmic scale for both the argument and the
//! probability, where the tails are nearly straight lines: ten Newton steps suffice for a quantile
//! of 1e-13 as for one of 0.5. Every step is kept inside a bracket that is halved when Newton leaves
//! it, and after a fixed number of steps only halving is left, so the search always ends.

use std::cell::Cell;
use std::f64::consts::LN_2;

use super::special::{beta_log_density, beta_tails, gamma_log_density, gamma_tails};

/// A quantile below e⁻⁶⁹⁰, some 1e-300, is given as zero: shapes near zero have such quantiles, and
/// ratios with them overflow.
const LOG_TINY: f64 = -690.0;
/// Newton steps before the search turns to pure halving.
const NEWTON_STEPS: u32 = 60;
/// All steps; the last of them halve a bracket of at most 800 to below an ulp.
const ALL_STEPS: u32 = 130;
/// From this many degrees of freedom on, Student's t is expanded about the normal law.
const EXPANSION_FROM: f64 = 1e6;

/// z with P(N ≤ z) = `p` for the standard normal law; 0 ≤ p ≤ 1, infinite at the ends.
///
/// Algorithm AS 241 (PPND16), Wichura, *Applied Statistics* 37 (1988) 477: relative accuracy about
/// one part in 10¹⁶.
pub fn normal_quantile(p: f64) -> f64 {
    check_probability(p);
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let centred = p - 0.5;
    if centred.abs() <= 0.425 {
        let r = 0.180625 - centred * centred;
        return centred * polynomial(&CENTRE, r) / polynomial(&CENTRE_BELOW, r);
    }
    let r = (-libm::log(if centred < 0.0 { p } else { 1.0 - p })).sqrt();
    let size = if r <= 5.0 {
        polynomial(&TAIL, r - 1.6) / polynomial(&TAIL_BELOW, r - 1.6)
    } else {
        polynomial(&FAR_TAIL, r - 5.0) / polynomial(&FAR_TAIL_BELOW, r - 5.0)
    };
    if centred < 0.0 { -size } else { size }
}

/// t with P(T ≤ t) = `p` for Student's law with `df ≥ 1` degrees of freedom, not necessarily whole.
///
/// P(|T| > t) = I_x(df/2, ½) with x = df/(df + t²) (Abramowitz & Stegun 26.7.1); beyond a million
/// degrees of freedom the expansion 26.7.5, whose error is then below 1e-16.
pub fn student_t_quantile(p: f64, df: f64) -> f64 {
    check_probability(p);
    debug_assert!(df >= 1.0, "Student's t with {df} degrees of freedom");
    if p > 0.5 {
        return -student_t_quantile(1.0 - p, df);
    }
    if df >= EXPANSION_FROM {
        let z = normal_quantile(p);
        let s = z * z;
        let first = (s + 1.0) / 4.0;
        let second = ((5.0 * s + 16.0) * s + 3.0) / 96.0;
        let third = (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0;
        return z * (1.0 + (first + (second + third / df) / df) / df);
    }
    thread_local! {
        // A study asks for the same few thousands of times.
        static LAST: Cell<[[f64; 3]; 2]> = const { Cell::new([[f64::NAN; 3]; 2]) };
    }
    let [last, before] = LAST.get();
    for known in [last, before] {
        if known[0] == p && known[1] == df {
            return known[2];
        }
    }
    let (x, y) = beta_pair(2.0 * p, 1.0 - 2.0 * p, 0.5 * df, 0.5);
    let t = -(df * y / x).sqrt();
    LAST.set([[p, df, t], last]);
    t
}

/// x with P(X ≤ x) = `p` for the chi-squared law with `df > 0` degrees of freedom.
pub fn chi_squared_quantile(p: f64, df: f64) -> f64 {
    2.0 * gamma_quantile(p, 0.5 * df)
}

/// x with P(X ≤ x) = `p` for the gamma law of this `shape > 0` and scale 1.
pub fn gamma_quantile(p: f64, shape: f64) -> f64 {
    check_probability(p);
    debug_assert!(shape > 0.0, "a gamma law of shape {shape}");
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 { 0.0 } else { f64::INFINITY };
    }
    // Forty standard deviations (or 800 e-folds) above the mean nothing is left: P < 1e-300.
    let highest = libm::log(shape + 40.0 * shape.sqrt() + 800.0);
    search(p, 1.0 - p, LOG_TINY, highest, libm::log(shape), |x| {
        let (lower, upper) = gamma_tails(shape, x);
        (lower, upper, gamma_log_density(shape, x))
    })
}

/// x with P(X ≤ x) = `p` for the beta law of parameters `a, b > 0`.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    check_probability(p);
    debug_assert!(a > 0.0 && b > 0.0, "a beta law of parameters {a}, {b}");
    beta_pair(p, 1.0 - p, a, b).0
}

/// The quantile x of the beta law and 1 − x, the smaller of which is searched for and has full
/// relative accuracy; `q` is 1 − p.
fn beta_pair(p: f64, q: f64, a: f64, b: f64) -> (f64, f64) {
    if p == 0.0 || q == 0.0 {
        return if p == 0.0 { (0.0, 1.0) } else { (1.0, 0.0) };
    }
    if beta_tails(a, b, 0.5, 0.5).0 < p {
        let (y, x) = beta_pair_below_half(q, p, b, a);
        (x, y)
    } else {
        beta_pair_below_half(p, q, a, b)
    }
}

fn beta_pair_below_half(p: f64, q: f64, a: f64, b: f64) -> (f64, f64) {
    let start = libm::log(a / (a + b)).clamp(LOG_TINY, -LN_2);
    let x = search(p, q, LOG_TINY, -LN_2, start, |x| {
        let y = 1.0 - x;
        let (lower, upper) = beta_tails(a, b, x, y);
        (lower, upper, beta_log_density(a, b, x, y))
    });
    (x, 1.0 - x)
}

/// The x with ln x in `[low, high]` where the lower tail of a law is `p` and the upper one `q`.
///
/// `law(x)` gives both tails and the density over ln x. The smaller of `p` and `q` is matched, by its
/// logarithm.
fn search(
    p: f64,
    q: f64,
    mut low: f64,
    mut high: f64,
    start: f64,
    law: impl Fn(f64) -> (f64, f64, f64),
) -> f64 {
    let mut at = start;
    for step in 0..ALL_STEPS {
        let (lower, upper, density) = law(libm::exp(at));
        // Both forms increase with x and vanish at the solution.
        let (excess, slope) = if p <= q {
            (libm::log(lower / p), density / lower)
        } else {
            (libm::log(q / upper), density / upper)
        };
        if excess == 0.0 {
            break;
        }
        if excess < 0.0 {
            low = at;
        } else {
            high = at;
        }
        let newton = at - excess / slope;
        let next = if step < NEWTON_STEPS && newton > low && newton < high {
            newton
        } else {
            0.5 * (low + high)
        };
        let done = (next - at).abs() <= 4.0 * f64::EPSILON * next.abs().max(1.0);
        at = next;
        if done {
            break;
        }
    }
    if at < LOG_TINY + 1e-9 { 0.0 } else { libm::exp(at) }
}

fn check_probability(p: f64) {
    debug_assert!((0.0..=1.0).contains(&p), "{p} is not a probability");
}

/// c₀ + c₁·x + … by Horner's rule.
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

// The coefficients of AS 241, rounded to the nearest double: numerator and denominator for the
// centre (|p − ½| ≤ 0.425), the tail (p > e⁻²⁵) and the far tail.
const CENTRE: [f64; 8] = [
    3.3871328727963665,
    133.14166789178438,
    1971.5909503065513,
    13731.69376550946,
    45921.95393154987,
    67265.7709270087,
    33430.57558358813,
    2509.0809287301227,
];
const CENTRE_BELOW: [f64; 8] = [
    1.0,
    42.31333070160091,
    687.1870074920579,
    5394.196021424751,
    21213.794301586597,
    39307.89580009271,
    28729.085735721943,
    5226.495278852854,
];
const TAIL: [f64; 8] = [
    1.4234371107496835,
    4.630337846156546,
    5.769497221460691,
    3.6478483247632045,
    1.2704582524523684,
    0.2417807251774506,
    0.022723844989269184,
    0.0007745450142783414,
];
const TAIL_BELOW: [f64; 8] = [
    1.0,
    2.053191626637759,
    1.6763848301838038,
    0.6897673349851,
    0.14810397642748008,
    0.015198666563616457,
    0.0005475938084995345,
    1.0507500716444169e-9,
];
const FAR_TAIL: [f64; 8] = [
    6.657904643501103,
    5.463784911164114,
    1.7848265399172913,
    0.29656057182850487,
    0.026532189526576124,
    0.0012426609473880784,
    2.7115555687434876e-5,
    2.0103343992922881e-7,
];
const FAR_TAIL_BELOW: [f64; 8] = [
    1.0,
    0.599832206555888,
    0.1369298809227358,
    0.014875361290850615,
    0.0007868691311456133,
    1.8463183175100548e-5,
    1.421511758316446e-7,
    2.0442631033899397e-15,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, tolerance: f64) {
        let error = (found / expected - 1.0).abs();
        assert!(error < tolerance, "{found} is not {expected}: relative error {error:e}");
    }

    /// Values to 16 digits from mpmath 1.3 at 40 digits.
    #[test]
    fn normal_quantiles_agree_with_multiprecision_values() {
        for (p, z) in [
            (1e-300, -37.0470962993612),
            (1e-20, -9.262340089798408),
            (1e-6, -4.753424308822899),
            (0.025, -1.9599639845400543),
            (0.4, -0.2533471031357997),
            (0.975, 1.9599639845400543),
        ] {
            close(normal_quantile(p), z, 1e-15);
        }
        assert_eq!(normal_quantile(0.5), 0.0);
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
    }

    /// P(N ≤ z) = ½·erfc(−z/√2) by an implementation of its own.
    #[test]
    fn the_normal_quantile_inverts_the_distribution_function() {
        for p in [1e-12, 1e-5, 0.02, 0.074, 0.076, 0.3, 0.7, 0.93, 0.99999] {
            let z = normal_quantile(p);
            close(0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2), p, 1e-13);
        }
    }

    /// mpmath 1.3 at 40 digits; the first ones are in every printed table.
    #[test]
    fn student_quantiles_agree_with_multiprecision_values() {
        for (p, df, t) in [
            (0.975, 1.0, 12.706204736174693),
            (0.975, 2.0, 4.302652729749462),
            (0.975, 4.5, 2.658912347204403),
            (0.975, 31.0, 2.039513446396408),
            (0.995, 3.0, 5.840909309733355),
            (0.9995, 10.0, 4.586893858702708),
            (0.975, 1e4, 1.960_201_239_890_626),
            (0.975, 9.9e5, 1.9599663807764996),
        ] {
            close(student_t_quantile(p, df), t, 1e-12);
            close(student_t_quantile(1.0 - p, df), -t, 1e-12);
        }
        assert_eq!(student_t_quantile(0.5, 7.0), 0.0);
        close(student_t_quantile(0.975, 1e9), normal_quantile(0.975), 1e-8);
    }

    /// tan(π(p − ½)) for one degree of freedom, (2p − 1)/√(2p(1 − p)) for two.
    #[test]
    fn student_quantiles_have_closed_forms_for_one_and_two_degrees_of_freedom() {
        for p in [1e-9, 0.001, 0.2, 0.499, 0.51, 0.9] {
            close(
                student_t_quantile(p, 1.0),
                libm::tan(std::f64::consts::PI * (p - 0.5)),
                1e-7_f64.min(1e-13 / p),
            );
            let two = (2.0 * p - 1.0) / (2.0 * p * (1.0 - p)).sqrt();
            close(student_t_quantile(p, 2.0), two, 1e-12);
        }
    }

    /// Both sides of the switch to the expansion, and so far out that all its terms count.
    #[test]
    fn student_quantiles_do_not_jump_where_the_expansion_begins() {
        for p in [1e-250, 1e-9, 0.005, 0.1, 0.45] {
            let below = student_t_quantile(p, EXPANSION_FROM * (1.0 - 1e-12));
            close(student_t_quantile(p, EXPANSION_FROM), below, 3e-12);
        }
    }

    /// mpmath 1.3 at 40 digits; the first ones are in every printed table.
    #[test]
    fn chi_squared_quantiles_agree_with_multiprecision_values() {
        for (p, df, x) in [
            (0.95, 1.0, 3.841458820694124),
            (0.975, 10.0, 20.483177350807394),
            (0.025, 10.0, 3.246972780236841),
            (0.025, 2.0, 0.05063561596857975),
            (0.975, 1e5, 100878.41530566557),
        ] {
            close(chi_squared_quantile(p, df), x, 1e-12);
        }
    }

    #[test]
    fn gamma_quantiles_invert_the_tails_for_small_and_huge_shapes() {
        for shape in [0.1, 0.5, 1.0, 7.3, 1e3, 1e6, 1e9] {
            for p in [1e-12, 1e-3, 0.3, 0.5, 0.8, 0.999] {
                let (lower, upper) = gamma_tails(shape, gamma_quantile(p, shape));
                // At shape 1e9 an ulp of ln x is worth a few 1e-10 of a small tail.
                let tolerance = if shape < 1e8 { 1e-10 } else { 1e-8 };
                close(lower, p, tolerance);
                close(upper, 1.0 - p, tolerance);
            }
        }
        assert_eq!(gamma_quantile(0.0, 3.0), 0.0);
        assert_eq!(gamma_quantile(1.0, 3.0), f64::INFINITY);
    }

    /// 1 − (1 − p)^(1/b) for a = 1; sin²(πp/2) for a = b = ½.
    #[test]
    fn beta_quantiles_agree_with_closed_forms() {
        for p in [1e-12, 1e-6, 0.025, 0.5, 0.975] {
            for b in [0.3, 1.0, 40.0, 1e7] {
                let exact = -libm::expm1(libm::log1p(-p) / b);
                close(beta_quantile(p, 1.0, b), exact, 1e-12);
            }
            let sine = libm::sin(std::f64::consts::FRAC_PI_2 * p);
            close(beta_quantile(p, 0.5, 0.5), sine * sine, 1e-12);
        }
    }

    /// P(X ≤ x) is about (x·b)^a here: 0.3 is reached near 1e-530.
    #[test]
    fn quantiles_too_small_for_a_double_are_zero() {
        assert_eq!(beta_quantile(0.3, 1e-3, 1e7), 0.0);
        assert_eq!(gamma_quantile(0.2, 1e-3), 0.0);
    }

    #[test]
    fn beta_quantiles_invert_the_tails_for_few_and_many_trials() {
        for (a, b) in [(0.5, 3.0), (3.0, 18.0), (17.0, 4.0), (1.0, 1e7), (5e6, 5e6), (30.0, 1e9)] {
            for p in [1e-9, 0.025, 0.5, 0.975] {
                let x = beta_quantile(p, a, b);
                let (lower, upper) = beta_tails(a, b, x, 1.0 - x);
                close(lower, p, 1e-9);
                close(upper, 1.0 - p, 1e-9);
            }
        }
    }
}
