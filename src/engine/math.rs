//! The three transcendental functions of the hot path, the same bits on every machine.
//!
//! [`ln`] and [`exp`] are the kernels of Sun's fdlibm (`e_log.c`, `e_exp.c`) without the branches for
//! special arguments: three in four draws go through them, and a mispredicted branch costs more than
//! the polynomial. What is rarer comes from `libm`. Nothing here uses a fused multiply-add or the
//! host's mathematics library, both of which differ between machines.

// The constants are copied digit for digit from their sources, which print more digits than an f64 holds.
#![allow(clippy::excessive_precision, clippy::approx_constant)]

const LN2_HI: f64 = 6.93147180369123816490e-01;
const LN2_LO: f64 = 1.90821492927058770002e-10;

/// Natural logarithm of a positive, finite, normal `x`. At most 1 ulp from the true value.
///
/// Any other argument (zero, subnormal, negative, infinite, NaN) is a bug of the caller.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    debug_assert!(x.is_normal() && x > 0.0, "ln of {x}");
    const LG1: f64 = 6.666666666666735130e-01;
    const LG2: f64 = 3.999999999940941908e-01;
    const LG3: f64 = 2.857142874366239149e-01;
    const LG4: f64 = 2.222219843214978396e-01;
    const LG5: f64 = 1.818357216161805012e-01;
    const LG6: f64 = 1.531383769920937332e-01;
    const LG7: f64 = 1.479819860511658591e-01;
    // High word of sqrt(1/2): x = 2^k m with m in [sqrt(1/2), sqrt(2)).
    const SQRT_HALF: u64 = 0x3fe6_a09e_0000_0000;

    let above = x.to_bits().wrapping_sub(SQRT_HALF);
    let k = ((above as i64) >> 52) as f64;
    let m = f64::from_bits((above & 0x000f_ffff_ffff_ffff) + SQRT_HALF);
    let f = m - 1.0;
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * (LG2 + w * (LG4 + w * LG6));
    let odd = z * (LG1 + w * (LG3 + w * (LG5 + w * LG7)));
    s * (half_square + (odd + even)) + k * LN2_LO - half_square + f + k * LN2_HI
}

/// `e` to the power `x`, for `x` in −708..=709 (so that the result is a normal number).
///
/// Any other argument is a bug of the caller. At most 1 ulp from the true value.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    debug_assert!((-708.0..=709.0).contains(&x), "exp of {x}");
    const INV_LN2: f64 = 1.44269504088896338700e+00;
    const P1: f64 = 1.66666666666666019037e-01;
    const P2: f64 = -2.77777777770155933842e-03;
    const P3: f64 = 6.61375632143793436117e-05;
    const P4: f64 = -1.65339022054652515390e-06;
    const P5: f64 = 4.13813679705723846039e-08;
    // Adding 1.5 * 2^52 rounds to the nearest whole number and leaves it in the low bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;

    let rounded = x * INV_LN2 + ROUND;
    let k = rounded - ROUND;
    let hi = x - k * LN2_HI;
    let lo = k * LN2_LO;
    let r = hi - lo;
    let square = r * r;
    let c = r - square * (P1 + square * (P2 + square * (P3 + square * (P4 + square * P5))));
    let y = 1.0 + (r * c / (2.0 - c) - lo + hi);
    // y lies in [0.7, 1.5]: adding k to its exponent multiplies it by 2^k exactly.
    f64::from_bits(y.to_bits().wrapping_add(rounded.to_bits() << 52))
}

/// The `z` below which a standard normal variable falls with probability `p`, for `p` in (0, 1).
///
/// Algorithm AS 241 (PPND16) of M. J. Wichura, *Applied Statistics* 37 (1988), 477–484: relative
/// error about 1e-16. Small `p` keep their accuracy down to 1e-300; for the upper tail use
/// `-normal_quantile(q)` with `q = 1 - p` known exactly.
#[inline]
pub fn normal_quantile(p: f64) -> f64 {
    debug_assert!(p > 0.0 && p < 1.0, "normal quantile of {p}");
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * polynomial(&CENTRE_ABOVE, r) / polynomial(&CENTRE_BELOW, r);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-ln(tail)).sqrt();
    let z = if r <= 5.0 {
        polynomial(&MIDDLE_ABOVE, r - 1.6) / polynomial(&MIDDLE_BELOW, r - 1.6)
    } else {
        far_quantile(r)
    };
    if q < 0.0 { -z } else { z }
}

/// Beyond 6.7 standard deviations. Kept apart: inlined, the compiler would select between the two
/// sets of coefficients one by one instead of branching.
#[cold]
#[inline(never)]
fn far_quantile(r: f64) -> f64 {
    polynomial(&FAR_ABOVE, r - 5.0) / polynomial(&FAR_BELOW, r - 5.0)
}

/// Probability that a standard normal variable falls at or below `z`; accurate in the lower tail.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// Horner's rule; `coefficients` start with the constant one.
#[inline(always)]
fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    let [c0, c1, c2, c3, c4, c5, c6, c7] = coefficients;
    ((((((c7 * x + c6) * x + c5) * x + c4) * x + c3) * x + c2) * x + c1) * x + c0
}

// AS 241: numerators and denominators for |p - 1/2| <= 0.425, then for the tail with
// sqrt(-ln p) <= 5, then for what is farther out.
const CENTRE_ABOVE: [f64; 8] = [
    3.3871328727963666080e0,
    1.3314166789178437745e+2,
    1.9715909503065514427e+3,
    1.3731693765509461125e+4,
    4.5921953931549871457e+4,
    6.7265770927008700853e+4,
    3.3430575583588128105e+4,
    2.5090809287301226727e+3,
];
const CENTRE_BELOW: [f64; 8] = [
    1.0,
    4.2313330701600911252e+1,
    6.8718700749205790830e+2,
    5.3941960214247511077e+3,
    2.1213794301586595867e+4,
    3.9307895800092710610e+4,
    2.8729085735721942674e+4,
    5.2264952788528545610e+3,
];
const MIDDLE_ABOVE: [f64; 8] = [
    1.42343711074968357734e0,
    4.63033784615654529590e0,
    5.76949722146069140550e0,
    3.64784832476320460504e0,
    1.27045825245236838258e0,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
];
const MIDDLE_BELOW: [f64; 8] = [
    1.0,
    2.05319162663775882187e0,
    1.67638483018380384940e0,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
];
const FAR_ABOVE: [f64; 8] = [
    6.65790464350110377720e0,
    5.46378491116411436990e0,
    1.78482653991729133580e0,
    2.96560571828504891230e-1,
    2.65321895265761230930e-2,
    1.24266094738807843860e-3,
    2.71155556874348757815e-5,
    2.01033439929228813265e-7,
];
const FAR_BELOW: [f64; 8] = [
    1.0,
    5.99832206555887937690e-1,
    1.36929880922735805310e-1,
    1.48753612908506148525e-2,
    7.86869131145613259100e-4,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers in (0, 1) without a pattern that a polynomial could like: a Weyl sequence.
    fn points(count: u32) -> impl Iterator<Item = f64> {
        (0..count).map(|i| (f64::from(i) * 0.618_033_988_749_894_9 + 1e-9) % 1.0)
    }

    fn ulps(a: f64, b: f64) -> u64 {
        a.to_bits().abs_diff(b.to_bits())
    }

    #[test]
    fn exp_has_the_bits_of_libm() {
        for x in points(300_000) {
            for wide in [x * 1416.0 - 708.0, x * 4.0 - 2.0, x * 1e-6 + 4e-9] {
                assert_eq!(exp(wide).to_bits(), libm::exp(wide).to_bits(), "exp({wide:e})");
            }
            // Below 2^-28 libm cuts the series short, and the last bit may differ.
            let tiny = (x - 0.5) * 1e-9;
            assert!(ulps(exp(tiny), libm::exp(tiny)) <= 1, "exp({tiny:e})");
        }
        assert_eq!(exp(0.0), 1.0);
    }

    #[test]
    fn ln_is_within_an_ulp_of_libm() {
        for x in points(300_000).filter(|x| *x > 0.0) {
            for wide in [x, 0.5 + x, 1.0 + (x - 0.5) * 1e-6, libm::exp(x * 1400.0 - 700.0)] {
                assert!(ulps(ln(wide), libm::log(wide)) <= 1, "ln({wide:e})");
            }
        }
        assert_eq!(ln(1.0), 0.0);
        let extremes = [f64::MIN_POSITIVE, f64::MAX, 1.0 - 1.0 / (1u64 << 53) as f64];
        for x in extremes {
            assert!(ulps(ln(x), libm::log(x)) <= 1, "ln({x:e})");
        }
    }

    #[test]
    fn normal_quantile_gives_the_values_printed_with_the_algorithm() {
        // Wichura (1988), section "test data"; then well-known two-sided points.
        for (p, z) in [
            (0.25, -0.674_489_750_196_081_7),
            (0.001, -3.090_232_306_167_813_5),
            (1e-20, -9.262_340_089_798_408),
            (0.975, 1.959_963_984_540_054),
            (0.95, 1.644_853_626_951_472_2),
        ] {
            assert!((normal_quantile(p) / z - 1.0).abs() < 1e-14, "{p}: {}", normal_quantile(p));
        }
        assert_eq!(normal_quantile(0.5), 0.0);
    }

    #[test]
    fn normal_quantile_inverts_erfc() {
        for x in points(20_000).filter(|x| *x > 0.0) {
            for p in [x, x * 1e-3, x * 1e-12, libm::exp(-600.0 * x)] {
                let back = normal_cdf(normal_quantile(p));
                // d ln(p) / dz grows like z in the tail, and so does the effect of an ulp in z.
                assert!((back / p - 1.0).abs() < 1e-12, "{p:e} came back as {back:e}");
            }
        }
    }
}
