//! Every colour of the pictures: literal on light pages, where a style can find and replace it on dark ones.

/// What a colour means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    Ink,
    Soft,
    Grid,
    Paper,
    Panel,
    Bad,
    BadSoft,
    Good,
    GoodSoft,
    Warn,
    WarnSoft,
    Accent,
    AccentSoft,
    // After Okabe and Ito, darker on light pages: hues that people of every colour vision can tell apart.
    Blue,
    Orange,
    Green,
    Purple,
    Sky,
    /// Text on a strong colour.
    White,
    /// Text on orange and sky, which are light on every page.
    Dark,
}

impl Paint {
    pub const ALL: [Paint; 20] = [
        Paint::Ink,
        Paint::Soft,
        Paint::Grid,
        Paint::Paper,
        Paint::Panel,
        Paint::Bad,
        Paint::BadSoft,
        Paint::Good,
        Paint::GoodSoft,
        Paint::Warn,
        Paint::WarnSoft,
        Paint::Accent,
        Paint::AccentSoft,
        Paint::Blue,
        Paint::Orange,
        Paint::Green,
        Paint::Purple,
        Paint::Sky,
        Paint::White,
        Paint::Dark,
    ];

    /// On white.
    pub fn light(self) -> &'static str {
        self.row().0
    }

    /// On a dark page.
    pub fn dark(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (&'static str, &'static str) {
        match self {
            Paint::Ink => ("#1b2430", "#e7ecf3"),
            Paint::Soft => ("#566273", "#a3afbf"),
            Paint::Grid => ("#dde3ea", "#323c49"),
            Paint::Paper => ("#ffffff", "#12171e"),
            Paint::Panel => ("#f4f6f9", "#1b222c"),
            Paint::Bad => ("#b3321c", "#ff8a70"),
            Paint::BadSoft => ("#f8ddd6", "#4a221a"),
            Paint::Good => ("#0a7a5a", "#4fcfa5"),
            Paint::GoodSoft => ("#d8efe6", "#143a2f"),
            Paint::Warn => ("#8f5b00", "#f0b849"),
            Paint::WarnSoft => ("#fbeccb", "#41320f"),
            Paint::Accent => ("#0b5cad", "#74b4f5"),
            Paint::AccentSoft => ("#cfe1f4", "#1d3a59"),
            Paint::Blue => ("#1d4ed8", "#5b8cff"),
            Paint::Orange => ("#c07000", "#f5b53d"),
            Paint::Green => ("#0a5a3c", "#3fae84"),
            Paint::Purple => ("#882c7c", "#c27fc0"),
            Paint::Sky => ("#2f97b0", "#8fe3f2"),
            Paint::White => ("#ffffff", "#12171e"),
            Paint::Dark => ("#10161d", "#12171e"),
        }
    }
}
