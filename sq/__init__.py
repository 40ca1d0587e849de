"""sq: service quality of a chain of stores, from the files as received to charts that drill down.

The map of this house. Data flows one way, and each room may import only rooms named before it
(tests/test_architecture.py keeps this):

    errors, language, selection, records    words, what the reader looks at, the data dictionary
    places                                  where the data folder and its parts are
    sources      files as received -> tables in our columns (calamine, openpyxl); checking.py: good rows, findings
    statistics   pure functions on numbers: intervals, tests (scipy, statsmodels, imported where used)
    intake       batches of validated rows in intake.duckdb; the later batch wins, nothing is lost
    warehouse    the current snapshot, read-only, one cursor per query (duckdb)
    workspace    what readers write: agendas, slides, notes, saved views (sqlalchemy, alembic)
    rollups/     *.sql: additive sums per store and month; schema.sql is the snapshot
    publish      intake -> a new snapshot -> CURRENT moves over in one step
    backup       inbox, intake, snapshots and workspace in one file, and the way back
    metrics      each metric once, with its formula and source, and one template that measures it
    analyses     one module per question -> a frozen result: numbers, verdict, n, notes
    jobs         import, publish and withdraw as child processes of a page, with progress
    figures      result -> Plotly figure, named by purpose (plotly)
    exports      result -> PowerPoint, Excel, pages to print (python-pptx, xlsxwriter)
    ui           site map, page frame, filters, cache, drill, language (streamlit)
    locale/      the catalogues of the interface, Chinese beside English
    demo         the simulated chain, written as vendors write their files
    __main__     the command line: python -m sq --help

Left of the snapshot everything happens at import and may take seconds; right of it everything happens at a
click and takes milliseconds. The pages in pages/ open, ask, answer and draw: no SQL and no chart code there.
"""
