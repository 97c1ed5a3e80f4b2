import sys, time
from fractions import Fraction as F
import pyomo.environ as pyo, efmodels as ef
from efmodels.auction_sequences import *
from efmodels.auction_sequences.terms import priced_terms, deferred_terms
from efmodels.auction_sequence_blocks import auction_sequence_block
def run(k, form, part, budget=1, **kw):
    s=AuctionSequence([F(j,k-1) for j in range(k)], budget=budget)
    t0=time.process_time()
    m=pyo.ConcreteModel()
    m.eq=auction_sequence_block(s, form(s,part))
    m.goal=pyo.Objective(expr=m.eq.value,sense=pyo.maximize)
    t1=time.process_time()
    r=ef.solve(m,**kw)
    t2=time.process_time()
    d=m.eq.solution()
    print(k,form.__name__,type(part).__name__,budget,round(r.value,6),round(d.revenue,6),r.size,r.solver,'cpu',round(t1-t0,2),round(t2-t1,2),'regret',max(r.regrets['eq'].values()),'loss',max(d.losses().values()), 'obey',[m.eq.bidder[p].obey.dual_array().tolist() for p in s.players],flush=True)
    return m
if __name__=="__main__":
    for k in map(int,sys.argv[1].split(',')):
        for form,part,b in [(priced_terms,ExPostEachRound(),1),(priced_terms,OptOutEachRound(),1),(priced_terms,CommittedWinnersPay(),1),(deferred_terms,ExPostTotal(),1),(deferred_terms,CommittedWinnersPay(),1),(deferred_terms,CommittedEverybodyPays(),1),(deferred_terms,ExPostTotal(),None)]:
            run(k,form,part,b)
