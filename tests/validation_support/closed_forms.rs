//! The exact answers as functions of their parameters.
//!
//! Renewal reward (PUB-01), independence (PUB-02), the multinomial law of independent cycles (PUB-03),
//! birth and death (PUB-05), enumeration (PUB-06), Erlang laws mixed by Poisson weights (PUB-08) and
//! products (PUB-10). Each says in which unit of time its parameters are; results are per that unit.

use libm::{erfc, exp, lgamma, log, pow, sqrt};

/// A year of 365 days in hours.
pub const YEAR_H: f64 = 8760.0;

/// What is asked of a subject that is up and down by turns.
#[derive(Clone, Copy, Debug)]
pub struct UpAndDown {
    pub unavailability: f64,
    /// Outages per unit of time.
    pub rate: f64,
}

impl UpAndDown {
    pub fn mean_outage(&self) -> f64 {
        self.unavailability / self.rate
    }
}

pub fn lognormal_mean(median: f64, sigma: f64) -> f64 {
    median * exp(sigma * sigma / 2.0)
}

// ---- PUB-01, seconds ----

/// One container: up `up` on average, noticed after U(0, `poll`), restarted by a lognormal law.
#[derive(Clone, Copy, Debug)]
pub struct Polling {
    pub up: f64,
    pub poll: f64,
    pub median: f64,
    pub sigma: f64,
}

impl Polling {
    pub fn answer(&self) -> UpAndDown {
        let down = self.poll / 2.0 + lognormal_mean(self.median, self.sigma);
        let cycle = self.up + down;
        UpAndDown { unavailability: down / cycle, rate: 1.0 / cycle }
    }

    /// P(outage ≤ x): the lognormal distribution function averaged over the delay of the poll, by
    /// Simpson's rule.
    pub fn length_cdf(&self, x: f64) -> f64 {
        let lognormal = |x: f64| {
            let z = if x > 0.0 { log(x / self.median) / self.sigma } else { return 0.0 };
            erfc(-z / std::f64::consts::SQRT_2) / 2.0
        };
        const STEPS: u32 = 2000;
        let to = self.poll.min(x);
        let step = to / f64::from(STEPS);
        let mut sum = lognormal(x) + lognormal(x - to);
        for i in 1..STEPS {
            let weight = if i % 2 == 1 { 4.0 } else { 2.0 };
            sum += weight * lognormal(x - f64::from(i) * step);
        }
        sum * step / 3.0 / self.poll
    }

    pub fn length_quantile(&self, p: f64) -> f64 {
        bisect(|x| self.length_cdf(x) - p, 0.0, 1000.0 * (self.poll + self.median))
    }
}

// ---- PUB-02 ----

/// `needs` of `count` independent components, each up and down for `up` and `down` on average.
pub fn at_least(count: u32, needs: u32, up: f64, down: f64) -> UpAndDown {
    let cycle = up + down;
    let is_up = up / cycle;
    let unavailability = (0..needs).map(|k| binomial(count, k, is_up)).sum();
    // One goes down while exactly needs − 1 of the others are up.
    let rate = f64::from(count) / cycle * binomial(count - 1, needs - 1, is_up);
    UpAndDown { unavailability, rate }
}

fn binomial(n: u32, k: u32, p: f64) -> f64 {
    let log_factorial = |n: u32| lgamma(f64::from(n) + 1.0);
    let choose = exp(log_factorial(n) - log_factorial(k) - log_factorial(n - k));
    choose * pow(p, f64::from(k)) * pow(1.0 - p, f64::from(n - k))
}

// ---- PUB-03, any unit ----

/// Containers behind a load balancer that ejects and admits by probes.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    pub containers: u32,
    pub up: f64,
    pub interval: f64,
    pub unhealthy: u32,
    pub healthy: u32,
    pub restart: f64,
    pub retries: u32,
}

impl Rotation {
    /// The failed share of requests.
    pub fn failed(&self) -> f64 {
        let dead = self.interval * (0.5 + f64::from(self.unhealthy - 1));
        let out = self.restart - dead + self.interval * (0.5 + f64::from(self.healthy - 1));
        let cycle = self.up + dead + out;
        let n = self.containers;
        let mut failed = 0.0;
        for live in 0..=n {
            for dead_ones in 0..=n - live {
                let out_ones = n - live - dead_ones;
                // Of n: `live` are good; of the others, `dead_ones` are dead.
                let good = binomial(n, live, self.up / cycle);
                let rest = binomial(n - live, dead_ones, dead / (dead + out));
                failed += good * rest * self.fails(live + dead_ones, dead_ones);
                debug_assert_eq!(live + dead_ones + out_ones, n);
            }
        }
        failed
    }

    /// P(every permitted attempt meets a dead one), without replacement.
    fn fails(&self, entries: u32, dead: u32) -> f64 {
        if dead == entries {
            return 1.0;
        }
        let attempt = |i| f64::from(dead.saturating_sub(i)) / f64::from(entries - i);
        (0..=self.retries.min(dead)).map(attempt).product()
    }
}

// ---- PUB-05, hours ----

/// `hosts` of which `needs` must be up, with `crews` for their repair.
#[derive(Clone, Copy, Debug)]
pub struct Repairmen {
    pub hosts: u32,
    pub needs: u32,
    pub crews: u32,
    pub up: f64,
    pub repair: f64,
}

impl Repairmen {
    fn fail_rate(&self, down: u32) -> f64 {
        f64::from(self.hosts - down) / self.up
    }

    fn repair_rate(&self, down: u32) -> f64 {
        f64::from(down.min(self.crews)) / self.repair
    }

    fn law(&self) -> Vec<f64> {
        let mut law = vec![1.0];
        for k in 0..self.hosts {
            law.push(law[k as usize] * self.fail_rate(k) / self.repair_rate(k + 1));
        }
        let sum: f64 = law.iter().sum();
        law.iter().map(|it| it / sum).collect()
    }

    pub fn answer(&self) -> UpAndDown {
        let law = self.law();
        let most = self.hosts - self.needs;
        let unavailability = law[most as usize + 1..].iter().sum();
        UpAndDown { unavailability, rate: law[most as usize] * self.fail_rate(most) }
    }

    pub fn mean_down(&self) -> f64 {
        self.law().iter().enumerate().map(|(k, p)| k as f64 * p).sum()
    }

    /// From all up: the first passages from k to k + 1, summed.
    pub fn first_outage(&self) -> f64 {
        let (mut sum, mut passage) = (0.0, 0.0);
        for k in 0..=self.hosts - self.needs {
            passage = (1.0 + self.repair_rate(k) * passage) / self.fail_rate(k);
            sum += passage;
        }
        sum
    }
}

// ---- PUB-06, hours ----

/// Containers in zones of which each takes its own with it.
#[derive(Clone, Copy, Debug)]
pub struct Zones {
    pub zones: u32,
    pub containers_per_zone: u32,
    pub needs: u32,
    pub up: f64,
    pub down: f64,
    pub zone_up: f64,
    pub zone_down: f64,
}

impl Zones {
    /// P(up), by enumeration of all states, with one component held up or down if given: zones come
    /// first, then containers, zone by zone.
    fn availability(&self, held: Option<(u32, bool)>) -> f64 {
        let containers = self.zones * self.containers_per_zone;
        let components = self.zones + containers;
        let is_up = |at: u32| {
            if at < self.zones {
                self.zone_up / (self.zone_up + self.zone_down)
            } else {
                self.up / (self.up + self.down)
            }
        };
        let mut sum = 0.0;
        for state in 0..1u32 << components {
            let up = |at: u32| state >> at & 1 == 1;
            let serving = (0..containers)
                .filter(|&it| up(self.zones + it) && up(it / self.containers_per_zone))
                .count();
            if serving < self.needs as usize {
                continue;
            }
            let probability = |at: u32| match held {
                Some((it, value)) if it == at => f64::from(u8::from(up(at) == value)),
                _ if up(at) => is_up(at),
                _ => 1.0 - is_up(at),
            };
            sum += (0..components).map(probability).product::<f64>();
        }
        sum
    }

    fn birnbaum(&self, component: u32) -> f64 {
        self.availability(Some((component, true))) - self.availability(Some((component, false)))
    }

    pub fn birnbaum_of_a_zone(&self) -> f64 {
        self.birnbaum(0)
    }

    pub fn birnbaum_of_a_container(&self) -> f64 {
        self.birnbaum(self.zones)
    }

    pub fn answer(&self) -> UpAndDown {
        let containers = f64::from(self.zones * self.containers_per_zone);
        let by_zones = f64::from(self.zones) * self.birnbaum(0) / (self.zone_up + self.zone_down);
        let by_containers = containers * self.birnbaum(self.zones) / (self.up + self.down);
        UpAndDown { unavailability: 1.0 - self.availability(None), rate: by_zones + by_containers }
    }
}

// ---- PUB-08, hours ----

/// One component with exponential up and down times over a year that begins up.
#[derive(Clone, Copy, Debug)]
pub struct OneYear {
    pub up: f64,
    pub down: f64,
}

impl OneYear {
    pub fn no_downtime(&self) -> f64 {
        exp(-YEAR_H / self.up)
    }

    /// P(downtime ≤ x) for 0 ≤ x < a year: with k outages begun in an up time of `YEAR_H` − x, the
    /// downtime is the sum of k exponential ones.
    pub fn cdf(&self, x: f64) -> f64 {
        let begun = (YEAR_H - x) / self.up;
        let mut sum = exp(-begun);
        for k in 1..=(begun + 20.0 * sqrt(begun) + 60.0) as u32 {
            let weight = exp(-begun + f64::from(k) * log(begun) - lgamma(f64::from(k) + 1.0));
            sum += weight * erlang_cdf(k, x / self.down);
        }
        sum
    }

    pub fn quantile(&self, p: f64) -> f64 {
        bisect(|x| self.cdf(x) - p, 0.0, 400.0 * self.down)
    }

    pub fn mean(&self) -> f64 {
        let (fail, repair) = (1.0 / self.up, 1.0 / self.down);
        let both = fail + repair;
        fail / both * YEAR_H - fail / (both * both) * (1.0 - exp(-both * YEAR_H))
    }
}

/// P(sum of k exponentials of mean 1 ≤ x): the upper tail of a Poisson law, summed from its largest
/// terms on.
fn erlang_cdf(k: u32, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let mut term = exp(-x + f64::from(k) * log(x) - lgamma(f64::from(k) + 1.0));
    let (mut sum, mut at) = (term, k);
    while term > sum * 1e-17 || f64::from(at) < x {
        at += 1;
        term *= x / f64::from(at);
        sum += term;
    }
    sum.min(1.0)
}

// ---- PUB-10 ----

pub fn in_series(availabilities: &[f64]) -> f64 {
    availabilities.iter().product()
}

/// Two of the same in parallel.
pub fn either(availability: f64) -> f64 {
    1.0 - (1.0 - availability) * (1.0 - availability)
}

/// The root of an increasing function.
fn bisect(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        if f(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

/// Servers and a queue by the chances of each number in the system (birth and death); a queue without an
/// end as one that is never full.
pub struct Servers {
    pub servers: u32,
    pub places: u32,
    /// Arrivals per second.
    pub rate: f64,
    pub service_s: f64,
}

impl Servers {
    fn chances(&self) -> Vec<f64> {
        let mut chances = vec![1.0];
        for n in 1..=self.servers + self.places {
            let ends = f64::from(n.min(self.servers)) / self.service_s;
            chances.push(chances[n as usize - 1] * self.rate / ends);
            // Scaled down before it overflows; what becomes zero by it has no weight.
            if chances[n as usize] > 1e200 {
                chances.iter_mut().for_each(|it| *it *= 1e-200);
            }
        }
        let all: f64 = chances.iter().sum();
        chances.iter_mut().for_each(|it| *it /= all);
        chances
    }

    pub fn loss(&self) -> f64 {
        *self.chances().last().unwrap()
    }

    /// What the accepted find waiting ahead, from nobody on, all servers being busy.
    fn ahead(&self) -> Vec<f64> {
        let chances = self.chances();
        let accepted = &chances[..chances.len() - 1];
        let all: f64 = accepted.iter().sum();
        accepted[(self.servers as usize).min(accepted.len())..].iter().map(|it| it / all).collect()
    }

    pub fn waits(&self) -> f64 {
        self.ahead().iter().sum()
    }

    pub fn wait_mean(&self) -> f64 {
        let turn = self.service_s / f64::from(self.servers);
        let ahead = self.ahead();
        ahead.iter().enumerate().map(|(n, chance)| (n + 1) as f64 * turn * chance).sum()
    }

    /// Completions in `t` while all servers are busy, and their chances.
    fn completions(&self, t: f64) -> Vec<f64> {
        let mean = t * f64::from(self.servers) / self.service_s;
        let most = (mean + 40.0 * libm::sqrt(mean) + 60.0) as u32;
        let chance = |n: f64| libm::exp(n * libm::log(mean) - mean - libm::lgamma(n + 1.0));
        (0..most).map(|n| chance(f64::from(n))).collect()
    }

    pub fn wait_exceeds(&self, t: f64) -> f64 {
        let completions = self.completions(t);
        let late = |n: usize| completions.iter().take(n + 1).sum::<f64>();
        self.ahead().iter().enumerate().map(|(n, chance)| chance * late(n)).sum()
    }

    /// Watched at the pace of all servers: after its wait a request in service ends at each tick with
    /// probability 1/c.
    pub fn response_exceeds(&self, t: f64) -> f64 {
        let completions = self.completions(t);
        let stays = 1.0 - 1.0 / f64::from(self.servers);
        let beyond = |turns: i32| -> f64 {
            let after = |n: usize| {
                if (n as i32) < turns { 1.0 } else { libm::pow(stays, f64::from(n as i32 - turns)) }
            };
            completions.iter().enumerate().map(|(n, chance)| chance * after(n)).sum()
        };
        let ahead = self.ahead();
        let waiting: f64 =
            ahead.iter().enumerate().map(|(n, chance)| chance * beyond(n as i32 + 1)).sum();
        waiting + (1.0 - ahead.iter().sum::<f64>()) * beyond(0)
    }
}

/// The t that a falling function takes to `level`.
pub fn falls_to(level: f64, of: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 100.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if of(middle) > level { low = middle } else { high = middle }
    }
    high
}

/// One server: λ·E[S²] / 2(1 − ρ) (Pollaczek and Khinchine).
pub fn one_server_wait(rate: f64, service_s: f64, scv: f64) -> f64 {
    0.5 * rate * service_s * service_s * (1.0 + scv) / (1.0 - rate * service_s)
}

/// The lost share over zones that are each up with the same chance, where `loss` is that of so many.
pub fn over_zones(zones: u32, up: f64, loss: impl Fn(u32) -> f64) -> f64 {
    let mut sum = 0.0;
    for standing in 0..=zones {
        let ways: f64 = (0..standing).map(|it| f64::from(zones - it) / f64::from(it + 1)).product();
        let chance = ways
            * libm::pow(up, f64::from(standing))
            * libm::pow(1.0 - up, f64::from(zones - standing));
        sum += chance * if standing == 0 { 1.0 } else { loss(standing) };
    }
    sum
}

// ---- a primary and a standby ----

/// Two nodes of a database, everything exponential; rates per hour.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    /// Of each node.
    pub failure: f64,
    pub coverage: f64,
    pub promotion: f64,
    pub manual: f64,
    pub rebuild: f64,
    pub restore: f64,
}

impl Pair {
    /// Probabilities of both up, failover, manual failover, one up, none up, with that of both up as 1.
    ///
    /// In and out balance: of both up 2λ = p₁·μ; of a failover λc = pₚ(φ + λ); of a manual one
    /// λ(1 − c) = pₘ(ψ + λ); of none up λ(pₚ + pₘ + p₁) = p₀·ρ.
    fn weights(&self) -> [f64; 5] {
        let one = 2.0 * self.failure / self.rebuild;
        let promotion = self.failure * self.coverage / (self.promotion + self.failure);
        let manual = self.failure * (1.0 - self.coverage) / (self.manual + self.failure);
        let none = self.failure * (promotion + manual + one) / self.restore;
        [1.0, promotion, manual, one, none]
    }

    pub fn answer(&self) -> UpAndDown {
        let [both, promotion, manual, one, none] = self.weights();
        let all = both + promotion + manual + one + none;
        UpAndDown {
            unavailability: (promotion + manual + none) / all,
            // An outage begins with the loss of the primary, or of the only node.
            rate: self.failure * (both + one) / all,
        }
    }

    /// Shares of the downtime in failovers, manual failovers and restores.
    pub fn shares(&self) -> [f64; 3] {
        let [_, promotion, manual, _, none] = self.weights();
        [promotion, manual, none].map(|it| it / (promotion + manual + none))
    }

    /// From both up: T₂ = 1/2λ + T₁/2 and T₁ = (1 + μ·T₂) / (λ + μ).
    pub fn first_outage(&self) -> f64 {
        let leaves = self.failure + self.rebuild;
        (0.5 / self.failure + 0.5 / leaves) / (1.0 - 0.5 * self.rebuild / leaves)
    }

    /// The derivative of the probabilities of the five states, and of a sixth that counts the first outage.
    fn flow(&self, p: &[f64; 6], absorbing: bool) -> [f64; 6] {
        let [both, promotion, manual, one, none, _] = *p;
        let (lost, alone) = (self.failure * both, self.failure * one);
        if absorbing {
            let rebuilt = self.rebuild * one;
            return [-2.0 * lost + rebuilt, 0.0, 0.0, lost - rebuilt - alone, 0.0, lost + alone];
        }
        let (by_itself, by_hand) = (self.promotion * promotion, self.manual * manual);
        let (rebuilt, restored) = (self.rebuild * one, self.restore * none);
        let last = self.failure * (promotion + manual + one);
        [
            rebuilt - 2.0 * lost,
            self.coverage * lost - by_itself - self.failure * promotion,
            (1.0 - self.coverage) * lost - by_hand - self.failure * manual,
            lost + by_itself + by_hand + restored - rebuilt - alone,
            last - restored,
            0.0,
        ]
    }

    /// From both up over `hours`, by classical Runge-Kutta steps far shorter than the fastest state
    /// lasts: mean unavailability, or with `absorbing` the chance of an outage.
    pub fn over_the_first(&self, hours: f64, absorbing: bool) -> f64 {
        let step = if absorbing { 0.05 } else { 0.0001 };
        let steps = (hours / step).round() as usize;
        let mut p = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let mut down = 0.0;
        let out = |p: &[f64; 6]| p[1] + p[2] + p[4];
        for _ in 0..steps {
            let plus = |k: &[f64; 6], by: f64| {
                let mut moved = p;
                moved.iter_mut().zip(k).for_each(|(it, k)| *it += by * k);
                moved
            };
            let k1 = self.flow(&p, absorbing);
            let k2 = self.flow(&plus(&k1, step / 2.0), absorbing);
            let k3 = self.flow(&plus(&k2, step / 2.0), absorbing);
            let k4 = self.flow(&plus(&k3, step), absorbing);
            let middle = out(&plus(&k2, step / 2.0));
            let before = out(&p);
            for (at, it) in p.iter_mut().enumerate() {
                *it += step / 6.0 * (k1[at] + 2.0 * k2[at] + 2.0 * k3[at] + k4[at]);
            }
            // Simpson's rule over the step.
            down += step / 6.0 * (before + 4.0 * middle + out(&p));
        }
        if absorbing { p[5] } else { down / hours }
    }
}
