//! Names that users give, and "did you mean".

/// Longest name of an app, zone, failure …
pub(crate) const LONGEST_NAME: usize = 64;

/// Whether a name can be told apart in paths (`app.shop`), component names (`shop/1`), file names and
/// reports: a letter or digit, then letters, digits, `-`, `_` and `.`, at most 64 in all.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// What to say of a text that is no name.
pub(crate) const NAME_RULE: &str =
    "names begin with a letter or digit and have at most 64 letters, digits, `-`, `_` and `.`";

/// The known word that `word` was probably meant to be.
pub(crate) fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Comparing takes time in the product of the lengths; nobody misspells a long word.
    if word.len() > LONGEST_NAME {
        return None;
    }
    known
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST_NAME)
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

/// Whether `name` fits `pattern`, in which each `*` stands for any text.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut rest) = name.strip_prefix(head) else { return false };
    let mut parts = tail.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

/// A list for people: `a`, `a and b`, `a, b and c`.
pub(crate) fn listed<S: AsRef<str>>(items: &[S], joint: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {joint} {}", first.join(", "), last.as_ref())
        }
    }
}

/// Text of a stranger, made fit for one line of a message.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut shown: String =
        text.chars().take(LONGEST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_nothing_that_could_leave_a_folder_or_break_a_page() {
        for good in ["shop", "eu-central-1", "a", "9x_.y", &"n".repeat(64)] {
            assert!(is_name(good), "{good}");
        }
        let long = "n".repeat(65);
        for bad in ["", "..", "-x", "a/b", "a\\b", "<b>", "a b", "a\u{1b}", "é", "*", &long] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name) in [
            ("*", ""),
            ("*", "x"),
            ("shop/*", "shop/12"),
            ("eu-*-1a", "eu-west-1a"),
            ("a*a", "aba"),
        ] {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("shop/*", "shop"), ("a*a", "a"), ("x", "xy"), ("*a", "ab")] {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_slip_of_the_finger_is_understood_and_a_different_word_is_not() {
        assert_eq!(closest("contaners", ["containers", "region"]), Some("containers"));
        assert_eq!(closest("zzz", ["containers", "region"]), None);
    }

    #[test]
    fn lists_read_like_a_sentence() {
        assert_eq!(listed(&["a"], "and"), "a");
        assert_eq!(listed(&["a", "b", "c"], "or"), "a, b or c");
    }
}
