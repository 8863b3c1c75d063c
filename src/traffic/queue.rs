//! Servers with a queue in steady state: what share of the requests finds no room, and how long the
//! others wait. Requests arrive at random (Poisson), `c` are served at once, `q` may wait, first come
//! first served.
//!
//! | | loss | wait |
//! |---|---|---|
//! | exponential service (cv² = 1) | exact: M/M/c/K, K = c + q | exact, with its distribution |
//! | any service, no waiting place | exact: Erlang's B depends on the mean only | none |
//! | any service, c = 1, unlimited | none | mean exact (Pollaczek and Khinchine) |
//! | any service otherwise | as for exponential service | × (1 + cv²) / 2 (Allen and Cunneen), approximate |
//!
//! All sums have positive terms only and geometric ones are closed, so hundreds of servers, long queues
//! and any overload keep their digits.

use libm::{exp, expm1, floor, lgamma, log, log1p, pow, sqrt};

/// Where fewer requests than this share wait at all, none does: a share is not told to more digits.
const NEVER: f64 = 1e-17;

/// Servers and a queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Queue {
    /// Requests that are served at once, at least 1.
    pub servers: u32,
    /// Requests that may wait; `None`: any number.
    pub places: Option<u32>,
    /// Mean service time, seconds.
    pub service_s: f64,
    /// Squared coefficient of variation of the service time (cv²).
    pub scv: f64,
}

/// A queue in steady state at one rate of arrivals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steady {
    queue: Queue,
    /// Share of the requests that finds no room.
    pub loss: f64,
    /// Arrivals over what all servers can do.
    pub offered: f64,
    /// Of the accepted requests: the share that finds all servers busy and nobody waiting …
    none_ahead: f64,
    /// … and that gets the last place.
    last_place: f64,
}

/// The loss of `c` servers without a queue, for one `c` after the other (Erlang's B by recursion).
#[derive(Clone, Copy, Debug)]
pub struct ErlangB {
    /// Arrivals × mean service time.
    erlangs: f64,
    servers: u32,
    loss: f64,
}

impl ErlangB {
    /// At no server at all everything is lost.
    pub fn new(erlangs: f64) -> ErlangB {
        ErlangB { erlangs, servers: 0, loss: 1.0 }
    }

    /// The loss of so many servers, at least as many as asked for before.
    pub fn up_to(&mut self, servers: u32) -> f64 {
        while self.servers < servers {
            self.servers += 1;
            let carried = self.erlangs * self.loss;
            self.loss = carried / (f64::from(self.servers) + carried);
        }
        self.loss
    }
}

/// A state shorter than so many mean service times is over before its queue has settled: the
/// quasi-stationary law is then off by about half a percent and more.
pub const SETTLED: f64 = 500.0;

impl Queue {
    /// About how long it takes until the queue follows a change, at `rate` requests per second: so many mean
    /// service times, and ten times its relaxation time 1/(μ(√c − √a)²), which grows without bound as the
    /// load nears what the servers can do from either side. With room for so many it is never longer than
    /// what it takes to wander from empty to full. Infinite where there is no steady state.
    pub fn settles_s(&self, rate: f64, service_times: f64) -> f64 {
        let servers = f64::from(self.servers);
        let erlangs = rate * self.service_s;
        if self.places.is_none() && erlangs >= servers {
            return f64::INFINITY;
        }
        let gap = sqrt(servers) - sqrt(erlangs);
        let full = self.places.map_or(f64::INFINITY, |it| f64::from(it) + servers);
        let relaxation = (1.0 / (gap * gap)).min(full * full / servers);
        self.service_s * service_times.max(10.0 * relaxation)
    }

    /// At `rate` requests per second.
    pub fn at(&self, rate: f64) -> Steady {
        self.solve(rate, ErlangB::new(rate * self.service_s).up_to(self.servers))
    }

    /// The same with Erlang's B for its servers known.
    pub(super) fn solve(&self, rate: f64, b: f64) -> Steady {
        let rho = rate * self.service_s / f64::from(self.servers);
        let steady = |loss, none_ahead, last_place| Steady {
            queue: *self,
            loss,
            offered: rho,
            none_ahead,
            last_place,
        };
        let Some(places) = self.places.map(f64::from) else {
            if rho >= 1.0 {
                // No steady state: in the long run what the servers cannot do is never done.
                return steady(1.0 - 1.0 / rho, 0.0, 0.0);
            }
            // Erlang's C from B; those ahead of an arrival are geometric.
            return steady(0.0, b * (1.0 - rho) / (1.0 - rho * (1.0 - b)), 0.0);
        };
        // Relative to the chance of 0 … c in the system, that of c + j is b·ρʲ.
        if rho <= 1.0 {
            let all = 1.0 + b * rho * geometric(rho, places);
            let loss = b * pow(rho, places) / all;
            steady(loss, b / (all * (1.0 - loss)), 0.0)
        } else {
            // The same from the full system downwards, where no power of ρ is large.
            let down = 1.0 / rho;
            let all = pow(down, places) + b * geometric(down, places);
            let loss = b / all;
            // Accepted is what is not lost: 1 − loss without its rounding.
            let accepted = (pow(down, places) - b + b * geometric(down, places)) / all;
            let accepted = if accepted > 0.0 { accepted } else { 1.0 - loss };
            let last = if places > 0.0 { b * down / (all * accepted) } else { 0.0 };
            steady(loss, 0.0, last)
        }
    }
}

/// Σ xʲ for j below `count`, 0 < x ≤ 1.
fn geometric(x: f64, count: f64) -> f64 {
    let below = x - 1.0;
    if below == 0.0 { count } else { expm1(count * log1p(below)) / below }
}

/// Σ (j + 1)·xʲ for j below `count`, 0 < x ≤ 1.
fn weighted(x: f64, count: f64) -> f64 {
    let above = 1.0 - x;
    if count * above < 1e-6 {
        // The first two terms of its series: the closed form would cancel.
        return 0.5 * count * (count + 1.0) - above * (count - 1.0) * count * (count + 1.0) / 3.0;
    }
    (geometric(x, count) - count * pow(x, count)) / above
}

impl Steady {
    /// Whether there is a steady state: not where an unlimited queue gets more than the servers can do.
    pub fn exists(&self) -> bool {
        self.queue.places.is_some() || self.offered < 1.0
    }

    /// Whether the distributions of wait and response are exact rather than approximations.
    pub fn is_exact(&self) -> bool {
        self.queue.scv == 1.0 || self.queue.places == Some(0)
    }

    /// The share of the capacity that is in use.
    pub fn busy(&self) -> f64 {
        self.offered * (1.0 - self.loss)
    }

    /// Requests per second that all servers finish while something waits.
    fn drain(&self) -> f64 {
        f64::from(self.queue.servers) / self.queue.service_s
    }

    /// By how much waits are longer than with exponential service.
    fn stretch(&self) -> f64 {
        0.5 * (1.0 + self.queue.scv)
    }

    /// Of the accepted requests, the share that has at least `ahead` others waiting ahead of it.
    fn at_least_ahead(&self, ahead: f64) -> f64 {
        match self.queue.places.map(f64::from) {
            None if self.offered >= 1.0 => 0.0,
            None => self.none_ahead * pow(self.offered, ahead) / (1.0 - self.offered),
            Some(places) if ahead >= places => 0.0,
            Some(places) if self.offered <= 1.0 => {
                self.none_ahead * pow(self.offered, ahead) * geometric(self.offered, places - ahead)
            }
            Some(places) => self.last_place * geometric(1.0 / self.offered, places - ahead),
        }
    }

    /// Of the accepted requests, the share with exactly so many others waiting ahead of it.
    fn ahead(&self, ahead: f64) -> f64 {
        match self.queue.places.map(f64::from) {
            Some(places) if self.offered > 1.0 => {
                self.last_place * pow(1.0 / self.offered, places - 1.0 - ahead)
            }
            _ => self.none_ahead * pow(self.offered, ahead),
        }
    }

    /// The counts below `end` from the last to the first, each with the shares that have so many, and at
    /// least so many, others waiting ahead.
    fn ahead_downwards(&self, first: f64, end: f64) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        let mut n = end;
        let mut at_least = self.at_least_ahead(end);
        let mut exactly = self.ahead(end - 1.0);
        // One power for all, unless it is too small to be taken up again.
        let by_division = exactly > 1e-290;
        std::iter::from_fn(move || {
            if n <= first {
                return None;
            }
            n -= 1.0;
            let here = if by_division { exactly } else { self.ahead(n) };
            exactly = here / self.offered;
            at_least += here;
            Some((n, here, at_least))
        })
    }

    /// Of the accepted requests, the share that waits at all.
    pub fn waits(&self) -> f64 {
        self.at_least_ahead(0.0).min(1.0)
    }

    /// Mean wait of the accepted requests, seconds.
    pub fn wait_mean(&self) -> f64 {
        let ahead_and_itself = match self.queue.places.map(f64::from) {
            None if self.offered >= 1.0 => return f64::INFINITY,
            None => self.none_ahead / ((1.0 - self.offered) * (1.0 - self.offered)),
            Some(places) if self.offered <= 1.0 => self.none_ahead * weighted(self.offered, places),
            Some(places) => {
                let down = 1.0 / self.offered;
                let turns = (places + 1.0) * geometric(down, places) - weighted(down, places);
                self.last_place * turns
            }
        };
        self.stretch() * ahead_and_itself / self.drain()
    }

    /// Of the accepted requests, the share that waits for longer than `seconds`.
    pub fn wait_exceeds(&self, seconds: f64) -> f64 {
        if seconds < 0.0 {
            return 1.0;
        }
        if self.waits() < NEVER {
            return 0.0;
        }
        let seconds = seconds / self.stretch();
        let Some(places) = self.queue.places else {
            let spare = self.drain() * (1.0 - self.offered);
            return if self.exists() { self.waits() * exp(-spare * seconds) } else { 1.0 };
        };
        // With j ahead the wait is j + 1 completions: it exceeds t if at most j of them fall into t.
        // Counts too far from their mean to matter are left out.
        let mean = self.drain() * seconds;
        let reach = 12.0 * sqrt(mean) + 40.0;
        let first = floor(mean - reach).max(0.0);
        let end = floor(mean + reach).min(f64::from(places));
        let mut chance = poisson_at(end - 1.0, mean);
        let mut sum = 0.0;
        for (completions, _, at_least) in self.ahead_downwards(first, end) {
            sum += chance * at_least;
            chance *= completions / mean.max(f64::MIN_POSITIVE);
        }
        // Without any time there are no completions, and division told nothing of it.
        if mean == 0.0 { self.waits() } else { sum.min(1.0) }
    }

    /// Mean time from arrival to answer of the accepted requests, seconds.
    pub fn response_mean(&self) -> f64 {
        self.wait_mean() + self.queue.service_s
    }

    /// Of the accepted requests, the share that is answered after more than `seconds`. Only where
    /// service times are exponential.
    pub fn response_exceeds(&self, seconds: f64) -> f64 {
        debug_assert!(self.queue.scv == 1.0, "the law of the service time is known");
        if seconds <= 0.0 {
            return 1.0;
        }
        let own = exp(-seconds / self.queue.service_s);
        if self.exists() && self.waits() < NEVER {
            return own;
        }
        let Some(places) = self.queue.places else {
            return if self.exists() { self.response_exceeds_unlimited(seconds, own) } else { 1.0 };
        };
        // With j ahead the response is j + 1 completions and its own service. Given that the wait is
        // over before t, its own service must outlast the rest: the chance of both, H, obeys
        // H(j) = H(j + 1)·(c − 1)/c + P(j completions in t), from far behind downwards.
        let completions = self.drain() * seconds;
        let far = (completions + 12.0 * sqrt(completions) + 40.0).min(f64::from(places)) as u32;
        let servers = f64::from(self.queue.servers);
        let mut outlasts = if far < places {
            0.0
        } else {
            behind_all(completions, f64::from(places), servers, own)
        };
        let mut sum = 0.0;
        let mut chance = poisson_at(f64::from(far) - 1.0, completions);
        for (ahead, here, _) in self.ahead_downwards(0.0, f64::from(far)) {
            sum += here * outlasts;
            outlasts = outlasts * (servers - 1.0) / servers + chance;
            chance *= ahead / completions;
        }
        (self.wait_exceeds(seconds) + (1.0 - self.waits()) * own + sum).min(1.0)
    }

    /// M/M/c: the wait is zero or exponential with the spare rate.
    fn response_exceeds_unlimited(&self, seconds: f64, own: f64) -> f64 {
        let service = 1.0 / self.queue.service_s;
        let spare = self.drain() * (1.0 - self.offered);
        let waits = self.waits();
        let gap = (spare - service) * seconds;
        // ∫ spare·e^(−spare·u)·e^(−service·(t−u)) du over 0 … t.
        let both = if gap.abs() < 1e-9 {
            spare * seconds * own
        } else {
            spare * seconds * own * (-expm1(-gap) / gap)
        };
        (1.0 - waits) * own + waits * (exp(-spare * seconds) + both)
    }
}

/// P(the wait with `ahead` − 1 others ahead is over before t, and its own service ends after t), where
/// `completions` = drain × t and `own` = P(service > t): ∫ of an Erlang density against the tail.
fn behind_all(completions: f64, ahead: f64, servers: f64, own: f64) -> f64 {
    if servers == 1.0 {
        // Service and completions have the same rate: t^n/n! e^(−t).
        return poisson_at(ahead, completions);
    }
    // (c/(c−1))^n · own · P(Poisson((c−1)/c · completions) ≥ n), summed from its first term.
    let rest = completions * (servers - 1.0) / servers;
    let lift = ahead * log1p(1.0 / (servers - 1.0)) + log(own);
    let first = lift + ahead * log(rest) - rest - lgamma(ahead + 1.0);
    let (mut sum, mut term, mut n) = (0.0, exp(first), ahead);
    while term > sum * 1e-17 && n < ahead + 100_000.0 {
        sum += term;
        n += 1.0;
        term *= rest / n;
    }
    sum
}

/// P(a Poisson count with this mean is `n`).
fn poisson_at(n: f64, mean: f64) -> f64 {
    if mean == 0.0 {
        return f64::from(u8::from(n == 0.0));
    }
    exp(n * log(mean) - mean - lgamma(n + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(ours: f64, exact: f64) {
        assert!((ours / exact - 1.0).abs() < 1e-9, "{ours} is not {exact}");
    }

    fn mm(servers: u32, places: Option<u32>) -> Queue {
        Queue { servers, places, service_s: 0.1, scv: 1.0 }
    }

    #[test]
    fn known_answers_with_twenty_places() {
        for (servers, loss, wait, late) in [
            (30, 2.501118453994735e-6, 0.2489311945e-3, 0.0001609683012),
            (20, 0.03803209094, 41.51250276e-3, 0.3954670076),
            (10, 0.5000000336, 190.0000351e-3, 0.9998587405),
        ] {
            let steady = mm(servers, Some(20)).at(200.0);
            close(steady.loss, loss);
            close(steady.wait_mean(), wait);
            close(steady.wait_exceeds(0.05), late);
        }
    }

    #[test]
    fn known_answers_of_the_textbook() {
        let ten = mm(10, None).at(80.0);
        close(ten.waits(), 0.4091801508);
        close(ten.wait_mean(), 20.45900754e-3);
        close(ten.wait_exceeds(0.105106626), 0.05);
        close(ten.response_exceeds(0.4946111328), 0.01);
        close(mm(10, Some(0)).at(80.0).loss, 0.1216610643);
        close(Queue { servers: 1, scv: 4.0, ..mm(1, None) }.at(8.0).wait_mean(), 1.0);
        close(Queue { servers: 1, scv: 0.0, ..mm(1, None) }.at(8.0).wait_mean(), 0.2);
    }

    /// The same by brute force: chances of 0 … K in the system, then all there is to know.
    struct Chain {
        ahead: Vec<f64>,
        idle: f64,
        loss: f64,
        servers: u32,
    }

    fn chain(rate: f64, queue: &Queue) -> Chain {
        let (servers, places) = (queue.servers as usize, queue.places.unwrap() as usize);
        let mut logs = vec![0.0];
        for k in 1..=servers + places {
            let death = k.min(servers) as f64 / queue.service_s;
            logs.push(logs[k - 1] + log(rate / death));
        }
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let chance: Vec<f64> = logs.iter().map(|it| exp(it - most)).collect();
        let all: f64 = chance.iter().sum();
        let accepted: f64 = chance[..servers + places].iter().sum();
        Chain {
            ahead: chance[servers..servers + places].iter().map(|it| it / accepted).collect(),
            idle: chance[..servers].iter().sum::<f64>() / accepted,
            loss: chance[servers + places] / all,
            servers: queue.servers,
        }
    }

    impl Chain {
        /// P(response > t) by integrating the Erlang density of the wait against the own service.
        fn response_exceeds(&self, t: f64, service_s: f64) -> f64 {
            let (drain, mu) = (f64::from(self.servers) / service_s, 1.0 / service_s);
            let steps = 20_000;
            let mut sum = self.idle * exp(-mu * t);
            for (ahead, chance) in self.ahead.iter().enumerate() {
                let n = ahead as f64;
                let density = |u: f64| {
                    let power = if n == 0.0 { 0.0 } else { n * log(drain * u) };
                    drain * exp(power - drain * u - lgamma(n + 1.0))
                };
                let h = t / f64::from(steps);
                // Midpoints: the integrand is smooth.
                let over: f64 = (0..steps)
                    .map(|it| (f64::from(it) + 0.5) * h)
                    .map(|u| density(u) * exp(-mu * (t - u)) * h)
                    .sum();
                let beyond: f64 = (0..=ahead).map(|it| poisson_at(it as f64, drain * t)).sum();
                sum += chance * (beyond + over);
            }
            sum
        }
    }

    #[test]
    fn the_closed_forms_agree_with_the_chain_they_solve() {
        for (servers, places, rate) in [
            (1, 1, 5.0),
            (1, 40, 10.0),
            (3, 7, 29.999_999_9),
            (3, 7, 30.000_000_1),
            (10, 20, 200.0),
            (40, 0, 500.0),
            (400, 100, 3_900.0),
            (400, 100, 40_000.0),
            (2, 5000, 20.1),
        ] {
            let queue = mm(servers, Some(places));
            let (ours, chain) = (queue.at(rate), chain(rate, &queue));
            close(ours.loss, chain.loss);
            if places == 0 {
                assert_eq!((ours.wait_mean(), ours.waits()), (0.0, 0.0));
                continue;
            }
            close(ours.waits(), chain.ahead.iter().sum());
            let drain = f64::from(servers) / queue.service_s;
            let turns = |(j, chance): (usize, &f64)| (j + 1) as f64 * chance / drain;
            close(ours.wait_mean(), chain.ahead.iter().enumerate().map(turns).sum());
            for t in [0.3 / drain, 3.0 / drain, 0.5 * f64::from(places) / drain] {
                let late = |(j, chance): (usize, &f64)| {
                    (0..=j).map(|it| poisson_at(it as f64, drain * t)).sum::<f64>() * chance
                };
                close(ours.wait_exceeds(t), chain.ahead.iter().enumerate().map(late).sum());
            }
        }
    }

    #[test]
    fn responses_agree_with_their_integral() {
        for (servers, places, rate) in [(1, 3, 8.0), (1, 3, 14.0), (2, 6, 18.0), (5, 10, 70.0)] {
            let queue = mm(servers, Some(places));
            let (ours, chain) = (queue.at(rate), chain(rate, &queue));
            for t in [0.02, 0.1, 0.4, 0.9] {
                let (found, exact) = (ours.response_exceeds(t), chain.response_exceeds(t, 0.1));
                assert!((found / exact - 1.0).abs() < 1e-5, "{servers} {t}: {found}, {exact}");
            }
        }
        // A queue that is never full is one without an end.
        for t in [0.05, 0.3, 1.0] {
            let (long, unlimited) = (mm(4, Some(3_000)).at(30.0), mm(4, None).at(30.0));
            close(long.response_exceeds(t), unlimited.response_exceeds(t));
            close(long.wait_exceeds(t), unlimited.wait_exceeds(t));
        }
    }

    #[test]
    fn a_queue_settles_the_more_slowly_the_nearer_it_is_to_its_capacity() {
        let settles = |rate: f64| mm(100, Some(1_000)).settles_s(rate, 500.0) / 0.1;
        // 1/(10 − 9.9)² = 100 service times, ten of these; half as far, four times as long.
        assert!((settles(980.1) / 1_000.0 - 1.0).abs() < 1e-9, "{}", settles(980.1));
        assert!((settles(990.025) / 4_000.0 - 1.0).abs() < 1e-9, "{}", settles(990.025));
        // As far beyond it, as long; and at it, what a walk over 1100 places takes.
        assert!((settles(1_020.1) / 1_000.0 - 1.0).abs() < 1e-9, "{}", settles(1_020.1));
        assert_eq!(settles(1_000.0), 10.0 * 1_100.0 * 1_100.0 / 100.0);
        // Far from it, so many service times.
        assert_eq!((settles(500.0), settles(2_000.0)), (500.0, 500.0));
        assert_eq!(mm(1, None).settles_s(11.0, 500.0), f64::INFINITY);
    }

    #[test]
    fn overload_of_any_size_keeps_its_meaning() {
        for rate in [2e3, 1e6, 1e9] {
            let full = mm(100, Some(1_000)).at(rate);
            // What is served is what the servers can do.
            close(rate * (1.0 - full.loss), 1_000.0);
            assert!(full.wait_mean() > 0.0 && full.wait_mean() <= 1.0 + 1e-12);
            let endless = mm(100, None).at(rate);
            assert!(!endless.exists());
            close(rate * (1.0 - endless.loss), 1_000.0);
        }
        let idle = mm(3, Some(5)).at(0.0);
        assert_eq!((idle.loss, idle.waits(), idle.wait_mean()), (0.0, 0.0, 0.0));
    }
}
