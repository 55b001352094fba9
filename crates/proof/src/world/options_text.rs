//! Options as one line of text, for the command that repeats a run.

use std::{fmt, str::FromStr};

use super::options::{Clock, Crashes, Faults, Options, Reassert, Stress};
use crate::world::Weather;

impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "users={},updates={},chaos={}", self.users, self.updates, self.chaos)?;
        match &self.faults {
            Faults::All => f.write_str(",faults=all")?,
            Faults::None => f.write_str(",faults=none")?,
            Faults::LostAnswers => f.write_str(",faults=lost")?,
            Faults::At { route, weather, user } => {
                write!(f, ",faults={weather:?}@{route}")?;
                user.map_or(Ok(()), |user| write!(f, "/{user}"))?;
            }
        }
        match self.crashes {
            Crashes::Random => f.write_str(",crash=random")?,
            Crashes::None => f.write_str(",crash=never")?,
            Crashes::AtEffect(effect) => write!(f, ",crash={effect}")?,
        }
        write!(f, ",reassert={}", if self.reassert == Reassert::On { "on" } else { "off" })?;
        write!(f, ",clock={}", if self.clock == Clock::Hours { "hours" } else { "decades" })?;
        write!(f, ",wide={},stress={}", self.wide_sets, stress_text(self.stress))
    }
}

impl FromStr for Options {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut options = Self::default();
        for pair in text.split(',').filter(|pair| !pair.is_empty()) {
            let wrong = || format!("{pair} is no option");
            let (name, value) = pair.split_once('=').ok_or_else(wrong)?;
            let number = || value.parse::<u64>().map_err(|_| wrong());
            let size = || value.parse::<usize>().map_err(|_| wrong());
            match name {
                "users" => options.users = size()?,
                "updates" => options.updates = size()?,
                "chaos" => options.chaos = number()?,
                "faults" => options.faults = faults(value).ok_or_else(wrong)?,
                "crash" => {
                    options.crashes = match value {
                        "random" => Crashes::Random,
                        "never" => Crashes::None,
                        _ => Crashes::AtEffect(number()?),
                    }
                }
                "reassert" => options.reassert = if value == "off" { Reassert::Off } else { Reassert::On },
                "clock" => options.clock = if value == "decades" { Clock::Decades } else { Clock::Hours },
                "wide" => options.wide_sets = value == "true",
                "stress" => {
                    let all = [Stress::None, Stress::Reloads, Stress::Erasures];
                    options.stress =
                        all.into_iter().find(|own| stress_text(*own) == value).ok_or_else(wrong)?;
                }
                _ => return Err(wrong()),
            }
        }
        Ok(options)
    }
}

fn stress_text(stress: Stress) -> &'static str {
    match stress {
        Stress::None => "none",
        Stress::Reloads => "reloads",
        Stress::Erasures => "erasures",
    }
}

fn faults(text: &str) -> Option<Faults> {
    let (weather, place) = match text {
        "all" => return Some(Faults::All),
        "none" => return Some(Faults::None),
        "lost" => return Some(Faults::LostAnswers),
        _ => text.split_once('@')?,
    };
    let known = Weather::BAD.into_iter().chain([
        Weather::Tardy,
        Weather::Garbled,
        Weather::Unreachable,
        Weather::Picky,
    ]);
    let weather = known.into_iter().find(|own| format!("{own:?}") == weather)?;
    let (route, user) = place.split_once('/').map_or((place, None), |(route, user)| (route, Some(user)));
    Some(Faults::At { route: route.parse().ok()?, weather, user: user.map(str::parse).transpose().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let all = [
            Options::default(),
            Options { faults: Faults::None, crashes: Crashes::AtEffect(7), users: 2, ..Options::default() },
            Options {
                faults: Faults::LostAnswers,
                reassert: Reassert::Off,
                wide_sets: true,
                stress: Stress::Reloads,
                ..Options::default()
            },
            Options {
                faults: Faults::At { route: 2, weather: Weather::Hang, user: Some(1) },
                clock: Clock::Decades,
                crashes: Crashes::None,
                ..Options::default()
            },
        ];
        for options in all {
            let text = options.to_string();
            assert_eq!(text.parse::<Options>().map(|again| again.to_string()), Ok(text));
        }
        assert!("users".parse::<Options>().is_err());
    }
}
