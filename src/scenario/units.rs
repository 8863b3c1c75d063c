//! Quantities as people write them: `"90s"`, `"1h30min"`, `"40/s"`, `"2GiB"`, `"99.95%"`.
//!
//! Every function takes the text alone and answers in base units (seconds, events per second, bytes,
//! shares) or says what is wrong and how to write it. A year is 365 days; a month is never a length.

/// What is wrong with a quantity, and what to write instead.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wrong {
    /// A few words that fit under the value.
    pub label: String,
    /// A remedy in one sentence.
    pub help: String,
}

type Read<T> = Result<T, Wrong>;

/// Units of time in seconds, shortest first. `m` is left out on purpose: see [`duration`].
const TIME: [(&str, f64); 10] = [
    ("ns", 1e-9),
    ("us", 1e-6),
    ("µs", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("min", 60.0),
    ("h", 3600.0),
    ("d", 86_400.0),
    ("w", 604_800.0),
    ("y", 31_536_000.0),
];

/// Units of size in bytes.
const SIZE: [(&str, u64); 11] = [
    ("B", 1),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("PiB", 1 << 50),
];

/// Words for units that people write out, and the unit to use instead.
const SPELT_OUT: [(&str, &str); 16] = [
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("m", "min"),
    ("mins", "min"),
    ("minute", "min"),
    ("minutes", "min"),
    ("hr", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
    ("week", "w"),
    ("year", "y"),
    ("years", "y"),
];

const NO_MONTH: &str = "a month has no fixed length; write days, e.g. \"30d\"";

/// Seconds. Parts may be strung together, longest first (`"1h30min"`); after a part in hours or
/// longer `m` is a minute too (`"1h30m"`), alone it is refused because it could be a month.
pub(crate) fn duration(text: &str) -> Read<f64> {
    let mut rest = text.trim();
    let (mut seconds, mut last) = (0.0, f64::INFINITY);
    if rest.is_empty() {
        return Err(wrong(
            "empty",
            "write a duration such as \"90s\", \"5min\", \"2h\" or \"30d\"",
        ));
    }
    while !rest.is_empty() {
        let (number, after) = leading_number(rest).ok_or_else(|| {
            wrong("not a duration", "write a number and a unit: \"90s\", \"5min\", \"1h30min\"")
        })?;
        let word_end = after
            .find(|c: char| !(c.is_alphabetic()))
            .map_or(after.len(), |end| end.max(usize::from(end == 0)));
        let (word, after) = split_at_char(after, word_end);
        let unit = match word {
            "" => {
                return Err(wrong(
                    format!("{number} what?"),
                    format!("write \"{number}s\", \"{number}min\", \"{number}h\" or \"{number}d\""),
                ));
            }
            "m" if last.is_finite() && last >= 3600.0 => 60.0,
            _ => time_unit(word, &number.to_string())?,
        };
        if unit >= last {
            return Err(wrong("parts out of order", "write the longest unit first: \"1h30min\""));
        }
        seconds += number * unit;
        last = unit;
        rest = after.trim_start();
    }
    if seconds.is_finite() {
        Ok(seconds)
    } else {
        Err(wrong("too long", "write a shorter duration"))
    }
}

/// Occurrences per second, from `"40/s"`, `"0.05/y"`; `what` is the word for the remedy (`requests`).
pub(crate) fn rate(text: &str, examples: &str) -> Read<f64> {
    let (number, after) = leading_number(text.trim())
        .ok_or_else(|| wrong("not a rate", format!("write a number per time: {examples}")))?;
    let after = after.trim();
    let Some(unit) = after.strip_prefix('/') else {
        let label = if after.is_empty() { format!("{number} what?") } else { "not a rate".into() };
        return Err(wrong(label, format!("write {examples}")));
    };
    let per = time_unit(unit.trim(), &format!("{number}/"))?;
    let rate = number / per;
    if rate.is_finite() { Ok(rate) } else { Err(wrong("too large", "write a smaller rate")) }
}

/// Growth `"30%/y"` as the share and the seconds it takes; `"-5%/y"` shrinks.
pub(crate) fn growth(text: &str) -> Read<(f64, f64)> {
    const EXAMPLES: &str = "write growth per time such as \"30%/y\" or \"-5%/y\"";
    let text = text.trim();
    let Some((amount, unit)) = text.split_once('/') else {
        return Err(wrong(if text.is_empty() { "empty" } else { "per what?" }, EXAMPLES));
    };
    let (sign, amount) = match amount.trim().strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, amount),
    };
    let share = sign * share(amount)?;
    if share <= -1.0 {
        return Err(wrong("nothing would be left", "write less than 100%"));
    }
    Ok((share, time_unit(unit.trim(), &format!("{}/", amount.trim()))?))
}

/// A share from a percentage: `"99.95%"` is 0.9995, rounded once from its decimal digits.
pub(crate) fn share(text: &str) -> Read<f64> {
    let text = text.trim();
    let Some(digits) = text.strip_suffix('%') else {
        return Err(match leading_number(text) {
            // Above 1 it can only be a percentage that lacks its sign.
            Some((number, "")) if number > 1.0 => {
                wrong(format!("{number} what?"), format!("write a percentage: \"{number}%\""))
            }
            Some((number, "")) => wrong(
                format!("{number} what?"),
                format!("write a percentage: \"{number}%\" or \"{}%\"", number * 100.0),
            ),
            _ => wrong("not a percentage", "write a percentage such as \"99.95%\""),
        });
    };
    let digits = digits.trim();
    match leading_number(digits.strip_prefix('-').unwrap_or(digits)) {
        Some((number, "")) if digits.starts_with('-') && number > 0.0 => {
            return Err(wrong("less than nothing", "write a percentage from \"0%\" on"));
        }
        Some((_, "")) if !digits.contains(['e', 'E', '-']) => {}
        _ => return Err(wrong("not a percentage", "write a percentage such as \"99.95%\"")),
    }
    // Shifting the decimal point in the text instead of dividing keeps 99.95 % the f64 nearest 0.9995.
    format!("{}e-2", digits.replace('_', ""))
        .parse::<f64>()
        .ok()
        .filter(|share| share.is_finite())
        .ok_or_else(|| wrong("not a percentage", "write a percentage such as \"99.95%\""))
}

/// Bytes, from `"2GiB"` or `"500MB"`.
pub(crate) fn size(text: &str) -> Read<u64> {
    const EXAMPLES: &str = "write a size such as \"512MiB\", \"2GiB\" or \"1TB\"";
    let (number, unit) =
        leading_number(text.trim()).ok_or_else(|| wrong("not a size", EXAMPLES))?;
    let unit = unit.trim();
    if unit.is_empty() {
        return Err(wrong(format!("{number} what?"), format!("write \"{number}GiB\"")));
    }
    let Some((_, bytes)) = SIZE.iter().find(|(name, _)| *name == unit) else {
        let known = SIZE.iter().map(|(name, _)| *name);
        let close = closest_ignoring_case(unit, known);
        return Err(wrong(
            format!("unknown unit `{}`", shown(unit)),
            close.map_or(EXAMPLES.into(), |unit| format!("did you mean \"{number}{unit}\"?")),
        ));
    };
    let bytes = number * *bytes as f64;
    // 2^53: whole bytes are exact below it.
    if bytes <= 9_007_199_254_740_992.0 {
        Ok(bytes as u64)
    } else {
        Err(wrong("too large", "write a size of at most 8192TiB"))
    }
}

/// Bytes per second, from `"50MB/s"` or `"2GiB/d"`; more than 0.
pub(crate) fn throughput(text: &str) -> Read<f64> {
    const EXAMPLES: &str = "write bytes per time such as \"50MB/s\" or \"2GiB/d\"";
    let Some((bytes, unit)) = text.split_once('/') else {
        return Err(wrong(if text.trim().is_empty() { "empty" } else { "per what?" }, EXAMPLES));
    };
    let per_second = size(bytes)? as f64 / time_unit(unit.trim(), &format!("{}/", bytes.trim()))?;
    if per_second > 0.0 && per_second.is_finite() {
        Ok(per_second)
    } else {
        Err(wrong("nothing would move", "write more than 0 bytes per time"))
    }
}

/// A plain number, as expectations on counts have it.
pub(crate) fn plain(text: &str) -> Read<f64> {
    match leading_number(text.trim()) {
        Some((number, "")) => Ok(number),
        _ => Err(wrong("not a plain number", "write a number without a unit, e.g. 3 or 0.5")),
    }
}

fn time_unit(word: &str, number: &str) -> Read<f64> {
    if let Some((_, seconds)) = TIME.iter().find(|(name, _)| *name == word) {
        return Ok(*seconds);
    }
    let lower = word.to_lowercase();
    if ["mo", "mon", "month", "months"].contains(&lower.as_str()) {
        return Err(wrong("a month is not a length of time", NO_MONTH));
    }
    let meant = SPELT_OUT
        .iter()
        .find(|(name, _)| *name == lower)
        .map(|(_, unit)| *unit)
        .or_else(|| closest_ignoring_case(word, TIME.iter().map(|(name, _)| *name)));
    Err(wrong(
        format!("unknown unit `{}`", shown(word)),
        match meant {
            Some(unit) => format!("did you mean \"{number}{unit}\"?"),
            None => "the units of time are ns, us, ms, s, min, h, d, w and y".into(),
        },
    ))
}

fn closest_ignoring_case<'a>(
    word: &str,
    mut known: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    known.find(|name| name.eq_ignore_ascii_case(word))
}

/// Splits off a decimal number without a sign (`40`, `0.05`, `1_000`, `1e6`); `None` if there is none
/// or it is not finite. The rest keeps its leading spaces trimmed.
fn leading_number(text: &str) -> Option<(f64, &str)> {
    let bytes = text.as_bytes();
    let digits = |mut at: usize| {
        while at < bytes.len() && (bytes[at].is_ascii_digit() || bytes[at] == b'_') {
            at += 1;
        }
        at
    };
    let mut end = digits(0);
    if end == 0 || bytes[0] == b'_' {
        return None;
    }
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1 + sign);
        }
    }
    let number: f64 = text[..end].replace('_', "").parse().ok()?;
    number.is_finite().then(|| (number, text[end..].trim_start()))
}

fn split_at_char(text: &str, mut at: usize) -> (&str, &str) {
    while !text.is_char_boundary(at) {
        at += 1;
    }
    text.split_at(at)
}

/// A foreign word, short enough for a message.
fn shown(word: &str) -> String {
    word.chars().take(24).filter(|c| !c.is_control()).collect()
}

fn wrong(label: impl Into<String>, help: impl Into<String>) -> Wrong {
    Wrong { label: label.into(), help: help.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds() {
        for (text, seconds) in [
            ("90s", 90.0),
            ("5min", 300.0),
            ("5 min", 300.0),
            ("1h30min", 5400.0),
            ("1h30m", 5400.0),
            ("1h 30m 5s", 5405.0),
            ("1y", 31_536_000.0),
            ("1w", 604_800.0),
            ("0.5d", 43_200.0),
            ("250ms", 0.25),
            ("1us", 1e-6),
            ("3µs", 3e-6),
            ("10ns", 1e-8),
            ("1e6y", 3.1536e13),
            ("1_000s", 1000.0),
            ("0s", 0.0),
        ] {
            assert_eq!(duration(text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn a_duration_that_could_be_misread_is_refused_with_a_remedy() {
        for (text, label, help) in [
            ("30", "30 what?", "write \"30s\", \"30min\", \"30h\" or \"30d\""),
            ("1month", "a month is not a length of time", NO_MONTH),
            ("2mo", "a month is not a length of time", NO_MONTH),
            ("5m", "unknown unit `m`", "did you mean \"5min\"?"),
            ("2 hours", "unknown unit `hours`", "did you mean \"2h\"?"),
            ("3S", "unknown unit `S`", "did you mean \"3s\"?"),
            ("30min1h", "parts out of order", "write the longest unit first: \"1h30min\""),
            ("1h2h", "parts out of order", "write the longest unit first: \"1h30min\""),
            (
                "1e400y",
                "not a duration",
                "write a number and a unit: \"90s\", \"5min\", \"1h30min\"",
            ),
            ("-5s", "not a duration", "write a number and a unit: \"90s\", \"5min\", \"1h30min\""),
            ("", "empty", "write a duration such as \"90s\", \"5min\", \"2h\" or \"30d\""),
        ] {
            assert_eq!(duration(text), Err(wrong(label, help)), "{text}");
        }
    }

    #[test]
    fn rates_are_per_second() {
        assert_eq!(rate("40/s", ""), Ok(40.0));
        assert_eq!(rate("30/min", ""), Ok(0.5));
        assert_eq!(rate("1/y", ""), Ok(1.0 / 31_536_000.0));
        assert_eq!(rate("12", "\"12/s\"").unwrap_err(), wrong("12 what?", "write \"12/s\""));
        assert_eq!(rate("3/month", "").unwrap_err().help, NO_MONTH);
        assert_eq!(rate("3/sec", "").unwrap_err().help, "did you mean \"3/s\"?");
    }

    #[test]
    fn growth_is_a_share_of_a_time() {
        assert_eq!(growth("30%/y"), Ok((0.3, 31_536_000.0)));
        assert_eq!(growth("-5 % / w"), Ok((-0.05, 604_800.0)));
        assert_eq!(growth("30%").unwrap_err().label, "per what?");
        assert_eq!(growth("0.3/y").unwrap_err().label, "0.3 what?");
        assert_eq!(growth("-100%/y").unwrap_err().label, "nothing would be left");
        assert_eq!(growth("3%/month").unwrap_err().help, NO_MONTH);
    }

    #[test]
    fn percentages_are_the_nearest_share() {
        for (text, value) in [("99.95%", 0.9995), ("5 %", 0.05), ("0%", 0.0), ("100%", 1.0)] {
            assert_eq!(share(text), Ok(value), "{text}");
        }
        let help = "write a percentage: \"0.05%\" or \"5%\"";
        assert_eq!(share("0.05"), Err(wrong("0.05 what?", help)));
        assert_eq!(share("five").unwrap_err().label, "not a percentage");
        assert_eq!(share("1e2%").unwrap_err().label, "not a percentage");
        let below = wrong("less than nothing", "write a percentage from \"0%\" on");
        assert_eq!(share("-1%"), Err(below));
    }

    #[test]
    fn sizes_are_bytes() {
        assert_eq!(size("2GiB"), Ok(2 << 30));
        assert_eq!(size("500MB"), Ok(500_000_000));
        assert_eq!(size("1.5KiB"), Ok(1536));
        assert_eq!(size("2").unwrap_err().label, "2 what?");
        assert_eq!(size("2gib").unwrap_err().help, "did you mean \"2GiB\"?");
        assert_eq!(size("1e9TiB").unwrap_err().label, "too large");
    }
}
