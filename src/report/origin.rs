//! Where findings come from: what the user typed, so that every report can say how to get it again.

pub use crate::study::findings::Origin;

impl Origin {
    /// `zonefall VERB FILE …`, ready to be pasted into a POSIX shell; `rest` follows the file.
    pub fn command(&self, verb: &str, rest: &str) -> String {
        self.words(verb, rest).join(" ")
    }

    /// The same, word by word: the places where the line may be broken.
    pub fn words(&self, verb: &str, rest: &str) -> Vec<String> {
        let mut words = vec!["zonefall".to_string(), verb.into(), quoted(&self.file)];
        if !rest.is_empty() {
            words.push(rest.into());
        }
        for file in &self.with {
            words.extend(["--with".into(), quoted(file)]);
        }
        for (key, value) in &self.set {
            words.extend(["--set".into(), quoted(&format!("{key}={value}"))]);
        }
        words
    }
}

/// Quoted for a POSIX shell, where it needs to be.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_pasted_into_a_shell() {
        let origin = Origin {
            file: "my estate.toml".into(),
            with: vec!["storm.toml".into()],
            set: vec![("study.seed".into(), "7".into()), ("app.x.slo".into(), "\"it's\"".into())],
        };
        assert_eq!(
            origin.command("replay", "worst"),
            r#"zonefall replay 'my estate.toml' worst --with storm.toml --set study.seed=7 --set 'app.x.slo="it'\''s"'"#
        );
        assert_eq!(
            Origin { file: "a.toml".into(), ..Origin::default() }.command("why", ""),
            "zonefall why a.toml"
        );
    }
}
