use crate::{disk::SECTOR, random::Random};

/// Decides what of the writes that were not synchronised is found after the power was lost.
#[derive(Debug, Clone)]
pub struct Loss {
    way: Way,
    /// Whether a hole that a lost write leaves holds garbage instead of zeros.
    garbage: bool,
    random: Random,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Nothing is lost: the process was killed and the machine lives on.
    Nothing,
    /// Everything.
    All,
    /// The writes land in their order, up to one that is torn.
    InOrder,
    /// Each write lands, is torn or is lost for itself, so that late ones may be there and early ones not.
    Some(usize),
    /// Each sector for itself.
    Sectors(usize),
    /// All but one.
    AllButOne,
}

/// What becomes of one write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    Lands,
    Lost,
    /// Only these of its sectors land.
    Torn(Vec<bool>),
}

impl Loss {
    /// Nothing is lost, as when a process is killed.
    pub fn nothing() -> Self {
        Self { way: Way::Nothing, garbage: false, random: Random::new(0) }
    }

    /// Everything that was not synchronised is lost.
    pub fn everything() -> Self {
        Self { way: Way::All, ..Self::nothing() }
    }

    /// What the seed decides.
    pub fn seeded(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let share = [10, 50, 90][random.below(3)];
        let way = match random.below(10) {
            0 => Way::All,
            1 => Way::Nothing,
            2 | 3 => Way::InOrder,
            4 | 5 => Way::Some(share),
            6 | 7 => Way::AllButOne,
            _ => Way::Sectors(share),
        };
        Self { way, garbage: random.percent(50), random }
    }

    /// The fates of a file's writes that were not synchronised; each has a first byte and a length.
    pub(crate) fn fates(&mut self, writes: &[(u64, usize)]) -> Vec<Fate> {
        let chosen = self.random.below(writes.len());
        let each = |number: usize, (offset, length): (u64, usize), random: &mut Random| match self.way {
            Way::Nothing => Fate::Lands,
            Way::All => Fate::Lost,
            Way::InOrder if number < chosen => Fate::Lands,
            Way::InOrder if number == chosen => prefix(offset, length, random),
            Way::InOrder => Fate::Lost,
            Way::AllButOne if number == chosen => Fate::Lost,
            Way::AllButOne => Fate::Lands,
            Way::Some(share) if random.percent(share) => Fate::Lands,
            Way::Some(_) if random.percent(20) => prefix(offset, length, random),
            Way::Some(_) => Fate::Lost,
            Way::Sectors(share) => {
                Fate::Torn((0..sectors(offset, length)).map(|_| random.percent(share)).collect())
            }
        };
        let writes = writes.iter().enumerate();
        writes.map(|(number, write)| each(number, *write, &mut self.random)).collect()
    }

    /// How many of a name's changes, that were not synchronised, are found.
    pub(crate) fn names(&mut self, changes: usize) -> usize {
        match self.way {
            Way::Nothing => changes,
            Way::All => 0,
            _ => self.random.below(changes + 1),
        }
    }

    /// What a byte is that was never written.
    pub(crate) fn hole(&mut self) -> u8 {
        if self.garbage { self.random.number().to_le_bytes()[0] } else { 0 }
    }
}

/// How many sectors a write touches.
fn sectors(offset: u64, length: usize) -> usize {
    let first = offset / SECTOR as u64;
    let end = (offset + length as u64).div_ceil(SECTOR as u64);
    usize::try_from(end - first).unwrap_or_default()
}

fn prefix(offset: u64, length: usize, random: &mut Random) -> Fate {
    let sectors = sectors(offset, length);
    let landed = random.below(sectors);
    Fate::Torn((0..sectors).map(|number| number < landed).collect())
}
