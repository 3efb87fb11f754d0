"""Compare two versions of a dataset."""

from pathlib import Path

import polars as pl

from pipelines.diff.difference import CHANGES, Difference, Group, TableCount
from pipelines.diff.explained import alone, changed
from pipelines.diff.facts import Facts
from pipelines.diff.pairs import paired
from pipelines.diff.settings import settings
from pipelines.diff.side import Side, read_side
from schemas.arrow import TABLES


def main():
    import sys,time
    t=time.time()
    a,b=read_side(Path(sys.argv[1]),'a'),read_side(Path(sys.argv[2]),'b')
    print(time.time()-t)
    f=Facts(a,b,paired(a,b))
    print(time.time()-t)
    pl.Config.set_tbl_rows(60); pl.Config.set_fmt_str_lengths(80); pl.Config.set_tbl_hide_dataframe_shape(True); pl.Config.set_tbl_width_chars(160)
    for s in settings(a.manifest,b.manifest): print(s)
    for t2 in TABLES:
        x=alone(f,t2,'b'); y=alone(f,t2,'a'); z=changed(f,t2)
        print(t2,a.tables[t2].height,b.tables[t2].height,'add',x.height,'rem',y.height,'ch',z.height, time.time()-t)
        for n,q in (('added',x),('removed',y)):
            print(n, q.group_by('recipe','reason').len().sort('len',descending=True).head(12))
        print('changed',z.group_by('recipe','reason','columns').len().sort('len',descending=True).head(25))
if __name__=='__main__': main()
