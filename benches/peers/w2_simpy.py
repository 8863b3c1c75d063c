"""W2 on SimPy: N processes that work for 1000 h and are repaired within 1 h."""
import sys, random, time, simpy
N = int(sys.argv[1]); E = int(sys.argv[2]); random.seed(1)
ex = random.expovariate
class Done(Exception): pass
down = 0.0; cnt = 0
def comp(env):
    global down, cnt
    while True:
        yield env.timeout(ex(0.001)); t = env.now; cnt += 1
        yield env.timeout(ex(1.0)); down += env.now - t; cnt += 1
        if cnt >= E: raise Done
t0 = time.thread_time()
env = simpy.Environment()
for _ in range(N): env.process(comp(env))
try: env.run()
except Done: pass
s = time.thread_time() - t0
print(f"simpy-w2-{N} events={cnt} secs={s:.6f} Mev/s={cnt/s/1e6:.4f} ns/ev={s*1e9/cnt:.2f} check={down/env.now/N:.6f}")
