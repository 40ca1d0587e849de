"""Every published number of ../shared/reference, reproduced by the product's own functions.

One loader reads a case, one function per case computes what its ``expected`` names, one comparison applies the
tolerance of its file. Expected values are never touched.
"""

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sq.statistics import (
    agreement,
    attributes,
    breaks,
    charts,
    crossed,
    drivers,
    effects,
    funnel,
    gaps,
    intervals,
    latent,
    planning,
    ranking,
    regression,
    run_lengths,
    sampling,
    scales,
    scoring,
    shares,
    shrinkage,
)

SHARED = "reference"
# Cases of anonymity: tests/statistics/test_suppression.py runs them.
ELSEWHERE = {"suppress_one_way_total", "suppress_two_way_a", "differencing_a"}
# What a case states beside its numbers: published values that cannot be computed from its input.
NOT_COMPUTABLE = {("ecological_robinson", "published_ecological_r")}
Case = dict[str, Any]
CASES: dict[str, Callable[[Case, Path], dict[str, Any]]] = {}


def case(function: Callable[[Case, Path], dict[str, Any]]) -> Callable[[Case, Path], dict[str, Any]]:
    CASES[function.__name__] = function
    return function


def loaded(folder: Path, name: str) -> Case:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def frame(folder: Path, known: Case, key: str = "") -> pd.DataFrame:
    path = known["input"].get(key) or known["input"].get("csv") or known["input_csv"]
    return pd.read_csv(folder / path)


def names() -> list[str]:
    return sorted(set(CASES) - ELSEWHERE)


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from leaves(part, (*path, str(key)))
    elif isinstance(value, list):
        yield (*path, "length"), len(value)
        for place, part in enumerate(value):
            yield from leaves(part, (*path, str(place)))
    else:
        yield path, value


def agrees(found: Any, expected: Any, tolerance: dict[str, float], path: tuple[str, ...]) -> bool:
    if isinstance(expected, bool | str) or expected is None:
        return bool(found == expected)
    sampled = any("boot" in part for part in path)
    absolute = tolerance.get("bootstrap_abs" if sampled and "bootstrap_abs" in tolerance else "abs", 0)
    return abs(float(found) - expected) <= absolute + tolerance.get("rel", 0) * abs(expected)


@case
def mystery_score_a(known: Case, folder: Path) -> dict[str, Any]:
    found = {}
    for visit in ("visit_a", "visit_b"):
        rows = frame(folder, known, visit)
        form = scoring.Form.of(rows["points"].where(~rows["na"]), rows["max"], rows["weight"], rows["critical"])
        sections = list(rows["section"])
        total = scoring.sectioned_score(form, sections, rows["sweight"])
        each = {}
        for name in dict.fromkeys(sections):
            inside = rows["section"] == name
            part = scoring.Form.of(form.points[inside], form.maximum[inside], form.weight[inside])
            each[name] = scoring.flat_score(part)
        found[visit] = {
            "section_scores": each,
            "hierarchical": total,
            "flat": scoring.flat_score(form),
            "critical_failed": form.failed,
            "veto_zero": scoring.after_veto(total, form.failed, "zero"),
            "veto_cap": scoring.after_veto(total, form.failed, "cap", known["input"]["cap"]),
        }
    return found


@case
def star_rating_cms(known: Case, folder: Path) -> dict[str, Any]:
    rules = scoring.StarRules()

    def stars(one: Case) -> int:
        marks = {"abuse": one.get("abuse", False), "focus": one.get("sff", False)}
        return rules.stars(one["health"], one["staffing"], one["quality"], **marks)

    given = known["input"]
    return {"overall": [stars(c) for c in given["cases"]], "veto_overall": [stars(c) for c in given["veto_cases"]]}


@case
def likert_index_a(known: Case, folder: Path) -> dict[str, Any]:
    given = known["input"]
    counts = {int(k): v for k, v in given["counts"].items()}
    r = shares.rating(counts, given["scale_min"], given["scale_max"])
    return {
        "n_valid": r.n,
        "mean": r.mean,
        "index100": r.index,
        "index_se": r.index_se,
        "top2box": r.favourable,
        "bottom2box": r.unfavourable,
        "neutral": r.neutral,
        "net_favourable": r.net,
        "top2box_wilson95": list(shares.share_interval(counts[4] + counts[5], r.n)),
        "index_t95": [r.index_low, r.index_high],
    }


@case
def nps_se_a(known: Case, folder: Path) -> dict[str, Any]:
    found = []
    for one in known["input"]["cases"]:
        r = shares.net_promoters(**one)
        found.append(
            {
                **one,
                "n": r.n,
                "nps": r.nps,
                "variance_per_respondent": r.variance,
                "se": r.se,
                "wald95": [r.low, r.high],
                "se_unbiased": r.se_unbiased,
                "adjwald95": [r.adjusted_low, r.adjusted_high],
                "adj_centre": r.adjusted_centre,
                "adj_se": r.adjusted_se,
            }
        )
    return {"cases": found}


@case
def ci_prop_newcombe_a(known: Case, folder: Path) -> dict[str, Any]:
    methods = ("wilson", "wilson_cc", "clopper_pearson", "wald", "agresti_coull", "jeffreys")
    return {
        "cases": [
            {
                **one,
                "p": one["x"] / one["n"],
                **{m: list(shares.share_interval(one["x"], one["n"], m)) for m in methods},
            }
            for one in known["input"]["cases"]
        ]
    }


@case
def diff_prop_newcombe_a(known: Case, folder: Path) -> dict[str, Any]:
    from sq.statistics.differences import square_and_add

    found = []
    for one in known["input"]["cases"]:
        p = [np.array([one[f"x{i}"] / one[f"n{i}"]]) for i in (1, 2)]
        limits = [intervals.wilson(p[i - 1], np.array([one[f"n{i}"]])) for i in (1, 2)]
        d = square_and_add(p[0], *limits[0], p[1], *limits[1], np.zeros(1))
        found.append({**one, "diff": d.value[0], "newcombe10": [d.low[0], d.high[0]]})
    return {"cases": found}


@case
def cluster_mean_apiclus1(known: Case, folder: Path) -> dict[str, Any]:
    rows = frame(folder, known)
    m = sampling.clustered_mean(rows["api00"], list(rows["dnum"]), float(rows["fpc"].iloc[0]))
    a = agreement.one_way(rows["api00"], list(rows["dnum"]))
    return {
        "mean": m.mean,
        "naive_se": m.se_simple,
        "survey_se_no_fpc": m.se_cr1,
        "survey_se_fpc": m.se_finite,
        "deff_replace": m.design_effect,
        "se_CR0": m.se_cr0,
        "se_CR1_stata": m.se_cr1,
        "se_CR2": m.se_cr2,
        "satterthwaite_df_CR2": m.df_cr2,
        "icc_anova": a.icc1,
        "n0": a.n0,
        "mean_cluster_size": m.n / m.clusters,
        "kish_deff_from_icc_n0": planning.design_effect(a.n0, a.icc1),
        "n_clusters": m.clusters,
    }


@case
def sample_size_krejcie_morgan(known: Case, folder: Path) -> dict[str, Any]:
    given = known["input"]
    raw = planning.krejcie_morgan(given["N"], given["chi2"], given["p"], given["d"])
    cochran = []
    for one in given["cochran"]:
        n0, finite = planning.cochran(one["e"], one["p"], one["conf"], one["N"])
        cochran.append({**one, "n0": n0, "n_fpc": finite, "n_required": planning.whole_up(finite)})
    return {
        "krejcie_morgan_raw": raw.tolist(),
        "krejcie_morgan_rounded": np.round(raw).tolist(),
        "cochran": cochran,
    }


@case
def eb_efron_morris(known: Case, folder: Path) -> dict[str, Any]:
    rows = frame(folder, known)
    share = (rows["hits45"] / rows["atbats"]).to_numpy()
    variance = float(share.mean() * (1 - share.mean()) / 45)
    plain = shrinkage.james_stein(share, variance)
    x = math.sqrt(45) * np.arcsin(2 * share - 1)
    turned = shrinkage.james_stein(x, 1.0)
    truth = rows["rest_avg"].to_numpy()
    errors = [float(((guess - truth) ** 2).sum()) for guess in (share, plain.value)]
    return {
        "raw_scale_1977": {
            "grand_mean": plain.mean,
            "variance_sampling": variance,
            "shrinkage_c": plain.kept,
            "estimates": plain.value.tolist(),
        },
        "arcsine_1975": {
            "x": x.tolist(),
            "mean_x": turned.mean,
            "V": float(((x - x.mean()) ** 2).sum()),
            "shrinkage_c": turned.kept,
            "estimates_back_transformed": ((np.sin(turned.value / math.sqrt(45)) + 1) / 2).tolist(),
        },
        "total_squared_error": {"mle": errors[0], "js_raw": errors[1], "ratio": errors[0] / errors[1]},
    }


@case
def eb_beta_binomial_rats(known: Case, folder: Path) -> dict[str, Any]:
    given = known["input"]
    prior = shrinkage.beta_prior(given["y"][:70], given["n"][:70])

    def told(y: float, n: float) -> dict[str, Any]:
        mean, sd, low, high = prior.posterior(y, n)
        return {"mean": mean, "sd": sd, "ci95": [low, high]}

    return {
        "mean": prior.mean,
        "sd": prior.sd,
        "alpha": prior.alpha,
        "beta": prior.beta,
        "posterior_new": told(given["new"]["y"], given["new"]["n"]),
        "posterior_first": told(given["y"][0], given["n"][0]),
    }


@case
def funnel_stores(known: Case, folder: Path) -> dict[str, Any]:
    rows = frame(folder, known)
    f = funnel.funnel(rows["x"], rows["n"], winsor=known["input"]["winsor"])
    limits: dict[str, Any] = {}
    for name, level in (("limits95", 0.95), ("limits998", 0.998)):
        for kind, made in (("exact", funnel.exact_limits), ("normal", funnel.normal_limits)):
            low, high = made(f.target, rows["n"], level)
            limits[f"{name}_{kind}"] = {"lower": low.tolist(), "upper": high.tolist()}
    share = (rows["x"] / rows["n"]).to_numpy()
    outer = funnel.normal_limits(f.target, rows["n"], 0.998)
    edge = 3.090232306167813  # 99.9 % point of the normal distribution
    outside = [np.flatnonzero(mark) + 1 for mark in (np.abs(f.z_multiplicative) > edge, np.abs(f.z_additive) > edge)]
    return {
        "target": f.target,
        "z": f.z.tolist(),
        "phi_winsorised10": f.phi,
        "tau2": f.tau2,
        **limits,
        "outside_998_normal": (np.flatnonzero((share < outer[0]) | (share > outer[1])) + 1).tolist(),
        "multiplicative_z": f.z_multiplicative.tolist(),
        "outside_998_multiplicative": int(outside[0][0]) if len(outside[0]) == 1 else outside[0].tolist(),
        "additive_z": f.z_additive.tolist(),
        "outside_998_additive": outside[1].tolist(),
    }


@case
def rank_intervals(known: Case, folder: Path) -> dict[str, Any]:
    given = known["input"]
    alone, together = (
        ranking.rank_intervals(given["mean"], given["se"], given["alpha"], given["high_is_good"], simultaneous)
        for simultaneous in (False, True)
    )
    low, high = ranking.overlap_intervals(given["mean"], given["se"])
    return {
        "naive_rank": alone.rank.tolist(),
        "marginal": {"best_rank": alone.best.tolist(), "worst_rank": alone.worst.tolist()},
        "simultaneous_bonferroni": {"best_rank": together.best.tolist(), "worst_rank": together.worst.tolist()},
        "goldstein_healy_multiplier_equal_se": ranking.overlap_multiplier(),
        "pairwise_overlap_intervals": [list(pair) for pair in zip(low, high, strict=True)],
    }


@case
def bh_1995(known: Case, folder: Path) -> dict[str, Any]:
    from statsmodels.stats.multitest import multipletests

    p, q = np.array(known["input"]["p"]), known["input"]["q"]
    adjusted = intervals.adjusted_p_values(p)
    holm = intervals.adjusted_p_values_holm(p)
    return {
        "bh_adjusted": adjusted.tolist(),
        "n_rejected_bh": int((adjusted <= q).sum()),
        "n_rejected_bonferroni": int((p <= q / len(p)).sum()),
        "n_rejected_hochberg": int(multipletests(p, q, "simes-hochberg")[0].sum()),
        "holm_adjusted": holm.tolist(),
    }


@case
def mixed_dyestuff(known: Case, folder: Path) -> dict[str, Any]:
    rows = frame(folder, known)
    batch = list(rows["Batch"])
    r, ml = (crossed.unit_effects(rows["Yield"], batch, reml=reml) for reml in (True, False))
    return {
        "reml": {
            "intercept": r.mean,
            "intercept_se": r.mean_se,
            "var_group": r.variance_unit,
            "var_resid": r.variance_rest,
            "icc": r.icc,
            "blup": dict(zip(r.units, r.unit.tolist(), strict=True)),
            "blup_cond_sd": r.unit_se.tolist(),
            "reml_criterion": r.criterion,
        },
        "ml": {"var_group": ml.variance_unit, "var_resid": ml.variance_rest},
        "anova_icc1": agreement.one_way(rows["Yield"], batch).icc1,
    }


@case
def crossed_penicillin(known: Case, folder: Path) -> dict[str, Any]:
    rows = frame(folder, known)
    r = crossed.crossed_effects(rows["diameter"], list(rows["plate"]), list(rows["sample"]))
    plates = dict(zip(r.units, r.unit.tolist(), strict=True))
    return {
        "intercept": r.mean,
        "sd_plate": math.sqrt(r.variance_unit),
        "sd_sample": math.sqrt(r.variance_rater),
        "sd_resid": math.sqrt(r.variance_rest),
        "blup_sample": dict(zip(r.raters, r.rater.tolist(), strict=True)),
        "blup_plate_first3": {name: plates[name] for name in ("a", "b", "c")},
    }


@case
def rater_severity_sim_a(known: Case, folder: Path) -> dict[str, Any]:
    rows = frame(folder, known)
    stores, shoppers = list(rows["store"]), list(rows["shopper"])
    r = crossed.crossed_effects(rows["score"], stores, shoppers)
    by_store = crossed.fixed_effects(rows["score"], stores, shoppers)
    by_shopper = crossed.fixed_effects(rows["score"], shoppers, stores)
    level = float(np.mean(list(by_shopper.values())))
    raw = rows.groupby("store")["score"].mean()
    truth = pd.read_csv(folder / "data" / "mystery_crossed_a_truth.csv").set_index("store")["true_effect"]
    blup = pd.Series(r.unit, index=list(r.units))
    fixed = pd.Series(by_store)
    return {
        "intercept": r.mean,
        "var_store": r.variance_unit,
        "var_shopper": r.variance_rater,
        "var_resid": r.variance_rest,
        "store_blup": blup.to_dict(),
        "shopper_blup_severity": dict(zip(r.raters, r.rater.tolist(), strict=True)),
        "fixed_effects_adjusted_store_mean": by_store,
        "fixed_effects_shopper_severity_sum_to_zero": {name: value - level for name, value in by_shopper.items()},
        "raw_store_mean": raw.to_dict(),
        "recovery": {
            "cor_raw_truth": float(np.corrcoef(raw[truth.index], truth)[0, 1]),
            "cor_fixed_adj_truth": float(np.corrcoef(fixed[truth.index], truth)[0, 1]),
            "cor_blup_truth": float(np.corrcoef(blup[truth.index], truth)[0, 1]),
        },
    }


@case
def icc_shrout_fleiss(known: Case, folder: Path) -> dict[str, Any]:
    found = agreement.intraclass_correlations(known["input"]["ratings"])
    return {
        name: {"icc": r.icc, "F": r.f, "df1": r.df1, "df2": r.df2, "lower": r.low, "upper": r.high}
        for name, r in found.items()
    }


@case
def krippendorff_canonical(known: Case, folder: Path) -> dict[str, Any]:
    ratings = np.array(known["input"]["data"], dtype=float)
    return {
        scale: agreement.krippendorff_alpha(ratings, scale) for scale in ("nominal", "ordinal", "interval", "ratio")
    }


@case
def kappa_fleiss_cohen(known: Case, folder: Path) -> dict[str, Any]:
    fleiss = agreement.fleiss_kappa(frame(folder, known, "fleiss_csv").to_numpy())
    first, second = (column for _, column in frame(folder, known, "weighted_csv").items())
    cohen = {w: agreement.cohen_kappa(first, second, w).kappa for w in ("unweighted", "squared", "linear")}
    return {
        "fleiss_kappa": fleiss.kappa,
        "z": fleiss.z,
        **{f"cohen_{weights}": kappa for weights, kappa in cohen.items()},
    }


@case
def alpha_attitude(known: Case, folder: Path) -> dict[str, Any]:
    items = known["input"]["items"]
    a = scales.cronbach_alpha(frame(folder, known)[items].to_numpy())
    return {
        "raw_alpha": a.alpha,
        "std_alpha": a.standardised,
        "average_r": a.mean_correlation,
        "guttman_lambda6": a.lambda6,
        "feldt_ci95": [a.low, a.high],
        "alpha_if_dropped": dict(zip(items, a.without.tolist(), strict=True)),
        "corrected_item_total": dict(zip(items, a.item_total.tolist(), strict=True)),
    }


@case
def wave_t_sleep(known: Case, folder: Path) -> dict[str, Any]:
    rows = frame(folder, known)
    first, second = (rows[rows["group"] == g].sort_values("ID")["extra"].to_numpy() for g in (1, 2))
    w, p = gaps.welch_difference(first, second), gaps.paired_difference(first, second)
    one = gaps.paired_difference(first, np.zeros(len(first)))
    return {
        "welch": {"t": w.t, "df": w.df, "p": w.p, "ci": [w.low, w.high]},
        "paired": {"t": p.t, "df": p.n - 1, "p": p.p, "ci": [p.low, p.high]},
        "mean_group1": {"mean": one.mean, "ci": [one.low, one.high]},
    }


@case
def wave_paired_mcnemar(known: Case, folder: Path) -> dict[str, Any]:
    given = known["input"]
    r = gaps.paired_shares(given["both_approve"], given["first_only"], given["second_only"], given["neither"])
    n = sum(given.values())
    apart = math.sqrt((r.first * (1 - r.first) + r.second * (1 - r.second)) / n)
    return {
        "p1": r.first,
        "p2": r.second,
        "diff": r.difference,
        "se": r.se,
        "wald95": [r.low, r.high],
        "chisq_cc": r.chi2_corrected,
        "chisq": r.chi2,
        "p_cc": r.p_corrected,
        "exact_p": r.p_exact,
        "se_if_wrongly_independent": apart,
    }


@case
def spc_constants_a(known: Case, folder: Path) -> dict[str, Any]:
    return {"constants": [{"n": n, **charts.constants(n).table} for n in known["input"]["n"]]}


@case
def spc_xmr_viscosity(known: Case, folder: Path) -> dict[str, Any]:
    x = known["input"]["x"]
    c, m = charts.xmr(x), charts.moving_ranges(x)
    return {
        "n": len(x),
        "center": c.center[0],
        "mr_bar": m.center[0],
        "sigma": c.sigma[0],
        "ucl": c.high[0],
        "lcl": c.low[0],
        "mr_ucl": m.high[0],
        "beyond_limits": (c.beyond + 1).tolist(),
        "mr_beyond": (m.beyond + 1).tolist(),
    }


@case
def spc_nelson_rules_a(known: Case, folder: Path) -> dict[str, Any]:
    return {
        name: {f"rule{rule}": [at + 1 for at in found] for rule, found in charts.signals(z, charts.RULES).items()}
        for name, z in known["input"]["sequences"].items()
    }


@case
def spc_pistonrings(known: Case, folder: Path) -> dict[str, Any]:
    found = {}
    for name, given in known["input"].items():
        rows = pd.read_csv(folder / given["csv"])
        parts = charts.subgroups(rows[given["value"]], rows[given["subgroup"]])
        r, s = charts.xbar_r(parts, 25), charts.xbar_s(parts, 25)
        root = math.sqrt(5)

        def told(chart: charts.Chart, sd: float) -> dict[str, float]:
            return {"center": chart.center[0], "std_dev": sd, "lcl": chart.low[0], "ucl": chart.high[0]}

        sd_r, sd_s = float(r.mean.sigma[0]) * root, float(s.mean.sigma[0]) * root
        found[name] = {
            "xbar_from_R": told(r.mean, sd_r),
            "xbar_from_S": told(s.mean, sd_s),
            "R": told(r.spread, sd_r),
            "S": told(s.spread, sd_s),
            "rbar": r.spread.center[0],
            "sbar": s.spread.center[0],
        }
        if "phase1" in given:
            runs = [at + 1 for at in charts.signals(r.mean.z, (2,), same_side=7)[2]]
            found[name]["phase2_beyond_limits"] = (r.mean.beyond + 1).tolist()
            found[name]["phase2_violating_runs_of_7"] = runs[0] if len(runs) == 1 else runs
    return found


@case
def spc_p_orangejuice(known: Case, folder: Path) -> dict[str, Any]:
    rows = frame(folder, known)
    trial = rows[rows["trial"]]
    first = charts.p_chart(trial["D"], trial["size"])
    left = rows[~rows["sample"].isin(known["input"]["exclude"])]
    second = charts.p_chart(left["D"], left["size"], left["trial"])
    return {
        "trial": {
            "pbar": first.center[0],
            "lcl": first.low[0],
            "ucl": first.high[0],
            "beyond": (first.beyond + 1).tolist(),
        },
        "revised": {
            "pbar": second.center[0],
            "lcl": second.low[0],
            "ucl": second.high[0],
            "phase2_beyond_sample": (second.beyond + 1).tolist(),
        },
    }


@case
def spc_laney_pprime_nhs(known: Case, folder: Path) -> dict[str, Any]:
    rows = frame(folder, known)
    p = charts.p_chart(rows["r"], rows["n"])
    wide = charts.laney(p)
    return {
        "pbar": p.center[0],
        "sigma_z": wide.sigma_z,
        "mr_bar_z": wide.sigma_z * charts.constants(2).d2,
        "ucl": wide.chart.high.tolist(),
        "lcl": wide.chart.low.tolist(),
        "p_ucl": p.high.tolist(),
        "p_lcl": p.low.tolist(),
        "beyond_p": (p.beyond + 1).tolist(),
        "beyond_pprime": (wide.chart.beyond + 1).tolist(),
    }


@case
def arl_runs_rules_a(known: Case, folder: Path) -> dict[str, Any]:
    given = known["input"]
    return {
        rules: {
            str(float(shift)): run_lengths.rules_run_length({int(r) for r in rules.split("+")}, shift)
            for shift in given["shifts_sigma"]
        }
        for rules in given["rule_sets"]
    }


@case
def arl_shewhart_cusum(known: Case, folder: Path) -> dict[str, Any]:
    given = known["input"]
    found: dict[str, Any] = {
        "shewhart": [{"shift": s, "arl": run_lengths.shewhart_run_length(s)} for s in given["shewhart_shift"]]
    }
    for one in given["cusum"]:
        arl = [{"shift": s, "arl": run_lengths.cusum_run_length(one["k"], one["h"], s)} for s in one["shift"]]
        found[f"cusum_k05_h{one['h']}"] = arl
    return found


@case
def changepoint_nile(known: Case, folder: Path) -> dict[str, Any]:
    given = known["input"]
    b, p = breaks.level_break(given["x"], given["min_segment"]), breaks.pettitt(given["x"])
    return {
        "n_breaks_bic": int(b.found),
        "break_index_last_of_first_segment": b.last,
        "break_year": given["start_year"] + b.last - 1,
        "segment_means": [b.before, b.after],
        "rss_no_break": b.rss_without,
        "rss_one_break": b.rss_with,
        "ci_break_index": [b.low, b.last, b.high],
        "pettitt": {"K": p.k, "tau": p.last, "p": p.p},
    }


@case
def driver_lmg_swiss(known: Case, folder: Path) -> dict[str, Any]:
    rows, x = frame(folder, known), known["input"]["x"]
    y = rows[known["input"]["y"]]
    r, j = (drivers.importance(y, rows[x].to_numpy(), method=method) for method in ("lmg", "johnson"))
    fit = regression.least_squares(y, rows[x].to_numpy())

    def told(values: Any) -> dict[str, float]:
        return dict(zip(x, np.asarray(values).tolist(), strict=True))

    return {
        "r2": r.r2,
        "lmg": told(r.weight),
        "lmg_share": told(r.share),
        "last": told(r.last),
        "first": told(r.first),
        "pratt": told(r.pratt),
        "johnson_relative_weights": told(j.weight),
        "johnson_share": told(j.share),
        "std_beta": told(r.beta),
        "b": dict(zip(["(Intercept)", *x], fit.coefficient.tolist(), strict=True)),
        "vif": told(r.inflation),
    }


@case
def prca_mobi_a(known: Case, folder: Path) -> dict[str, Any]:
    rows, x = frame(folder, known), known["input"]["x"]
    r = attributes.penalty_reward(rows[known["input"]["y"]], rows[x].to_numpy(), 6, 9)
    columns = ["(Intercept)", *(f"{name}_{side}" for name in x for side in ("penalty", "reward"))]
    return {
        "coef": dict(zip(columns, r.fit.coefficient.tolist(), strict=True)),
        "se": dict(zip(columns, r.fit.se.tolist(), strict=True)),
        "r2": r.fit.r2,
        "n_penalty": {f"{name}_penalty": int(n) for name, n in zip(x, r.n_low, strict=True)},
        "n_reward": {f"{name}_reward": int(n) for name, n in zip(x, r.n_high, strict=True)},
        "rops": dict(zip(x, r.span.tolist(), strict=True)),
        "ia": dict(zip(x, r.asymmetry.tolist(), strict=True)),
    }


@case
def ipa_martilla_james(known: Case, folder: Path) -> dict[str, Any]:
    items = known["input"]["items"]
    both = [[one[side] for one in items] for side in ("importance", "performance")]
    q, middle = attributes.quadrants(*both), attributes.quadrants(*both, 2.5, 2.5)
    return {
        "mean_importance": q.importance_cut,
        "mean_performance": q.performance_cut,
        "quadrant": list(q.quadrant),
        "gap": q.gap.tolist(),
        "quadrant_scale_midpoint_2_5": list(middle.quadrant),
    }


@case
def kano_coefficients(known: Case, folder: Path) -> dict[str, Any]:
    found = [attributes.kano(row) for row in known["input"]["rows"]]
    fields = ("better", "worse", "category", "category_strength", "total_strength")
    return {name: [getattr(one, name) for one in found] for name in fields}


@case
def shortboard_a(known: Case, folder: Path) -> dict[str, Any]:
    given = known["input"]
    s = attributes.shortboard(given["score"], given["se"], given["weight"], given["target"], given["alpha"])
    return {
        "lowest": s.lowest + 1,
        "candidate_set": [at + 1 for at in s.candidates],
        "z": s.z.tolist(),
        "critical": s.critical,
        "composite": s.composite,
        "gap_to_target": s.gap.tolist(),
        "gain_if_closed": s.gain.tolist(),
        "priority_by_gain": [at + 1 for at in s.by_gain],
        "geometric_composite": s.geometric,
    }


@case
def pls_satisfaction_plspm(known: Case, folder: Path) -> dict[str, Any]:
    given, rows = known["input"], frame(folder, known)
    order, matrix = given["path_matrix"]["rows"], given["path_matrix"]["matrix"]
    paths = [(order[a], order[b]) for b, row in enumerate(matrix) for a, linked in enumerate(row) if linked]
    m = latent.path_model({name: rows[name] for name in rows}, given["blocks"], paths, given["scheme"])
    return {
        "path": {f"{a} -> {b}": value for (a, b), value in m.path.items()},
        "r2": dict(m.r2),
        "loadings": dict(m.loading),
    }


@case
def servqual_gap_a(known: Case, folder: Path) -> dict[str, Any]:
    given, rows = known["input"], frame(folder, known)
    dimensions = [name.removeprefix("E_") for name in given["expectation"]]
    found = {
        d: gaps.paired_difference(rows[p], rows[e])
        for d, e, p in zip(dimensions, given["expectation"], given["perception"], strict=True)
    }
    each = rows[given["perception"]].to_numpy() - rows[given["expectation"]].to_numpy()
    weight = rows[given["weight"]].to_numpy()
    share = weight / weight.sum(axis=1, keepdims=True)
    return {
        "dimension_gap": {
            d: {"mean": r.mean, "se": r.se, "ci95": [r.low, r.high], "t": r.t, "p": r.p} for d, r in found.items()
        },
        "unweighted_overall": float(each.mean()),
        "weighted_overall": gaps.weighted_gap(each, weight),
        "weighted_with_mean_weights": float(each.mean(axis=0) @ share.mean(axis=0)),
        "worst_dimension": min(found, key=lambda d: found[d].mean),
    }


@case
def did_card_krueger(known: Case, folder: Path) -> dict[str, Any]:
    rows = frame(folder, known)
    columns = (rows["fte"], rows["nj"], rows["d"], list(rows["store_row"]))
    r, panel = effects.difference_in_differences(*columns), effects.store_changes(*columns)
    names = {(0, 0): "pa_before", (1, 0): "nj_before", (0, 1): "pa_after", (1, 1): "nj_after"}
    whole = rows.dropna(subset="fte")
    groups = {key: whole[(whole["nj"] == key[0]) & (whole["d"] == key[1])]["fte"] for key in names}
    slope = columns_of_changes(rows)
    return {
        "means": {name: r.means[bool(t), bool(d)] for (t, d), name in names.items()},
        "n": {name: len(groups[key]) for key, name in names.items()},
        "did": r.effect,
        "did_se_ols": r.se_pooled,
        "did_se_hc1": r.se_hc1,
        "did_se_cluster_store_CR1": r.se,
        "did_se_from_four_means": r.se_means,
        "balanced": {
            "n": len(panel.residual),
            "did": panel.coefficient[1],
            "se_ols": panel.se[1],
            "se_hc1": slope,
        },
    }


def columns_of_changes(rows: pd.DataFrame) -> float:
    """HC1 error of the change on treatment, over stores with both periods."""
    wide = rows.pivot_table(index="store_row", columns="d", values="fte").dropna()
    treated = rows.groupby("store_row")["nj"].first()[wide.index].to_numpy(dtype=float)
    fit = regression.least_squares((wide[1] - wide[0]).to_numpy(), treated)
    return effects.hc1(treated[:, None], fit)


@case
def mediation_tal_or(known: Case, folder: Path) -> dict[str, Any]:
    rows = frame(folder, known)
    r = effects.mediation(rows["cond"], rows["pmi"], rows["reaction"])
    return {
        "a": r.a,
        "b": r.b,
        "c_prime": r.direct,
        "c_total": r.total,
        "indirect": r.indirect,
        "sobel_se": r.sobel_se,
        "sobel_z": r.sobel_z,
        "boot_se": r.bootstrap_se,
        "boot_percentile95": [r.low, r.high],
    }


@case
def linkage_lag_sim(known: Case, folder: Path) -> dict[str, Any]:
    rows, sd = frame(folder, known), known["input"]["within_store_sd"]
    r = effects.mediation(rows["isq_t0"], rows["esat_t1"], rows["csat_t2"])
    link, noise = (effects.correlation(rows[x], rows["csat_t2"]) for x in ("esat_t1", "mystery_t1"))
    staff = effects.mean_reliability(rows["esat_t1"], sd["employee"] ** 2, rows["n_employees"])
    customers = effects.mean_reliability(rows["csat_t2"], sd["customer"] ** 2, rows["n_customers"])
    return {
        "r_esat_csat": link.r,
        "r_ci95": [link.low, link.high],
        "a": r.a,
        "b": r.b,
        "c_prime": r.direct,
        "indirect": r.indirect,
        "boot_percentile95": [r.low, r.high],
        "reliability_esat": staff,
        "reliability_csat": customers,
        "disattenuated_r": effects.disattenuated(link.r, staff, customers),
        "noise_r": noise.r,
        "noise_p": noise.p,
    }


@case
def action_value_attitude(known: Case, folder: Path) -> dict[str, Any]:
    given = known["input"]
    rows = pd.read_csv(folder / "data" / "attitude.csv")
    x = rows.drop(columns=given["y"])
    at = list(x.columns).index(given["driver"])
    r = effects.action_value(rows[given["y"]], x.to_numpy(), at, given["target"], tuple(given["scale"]))
    return {
        "current_driver_mean": r.current,
        "delta_driver": r.delta,
        "coef": r.coefficient,
        "coef_se": r.se / r.delta,
        "effect": r.effect,
        "effect_se": r.se,
        "effect_ci95": [r.low, r.high],
        "df": r.df,
        "predicted_mean": r.predicted,
        "bivariate_effect": r.alone,
    }


@case
def ecological_robinson(known: Case, folder: Path) -> dict[str, Any]:
    return {"phi": effects.phi_coefficient(known["input"]["table"])}


@pytest.mark.parametrize("name", names())
def test_a_published_number_is_reproduced(shared: Path, name: str) -> None:
    folder = shared / SHARED
    known = loaded(folder, name)
    found = dict(leaves(CASES[name](known, folder)))
    wanted = {path: value for path, value in leaves(known["expected"]) if (name, path[0]) not in NOT_COMPUTABLE}
    wrong = {path: (found.get(path), value) for path, value in wanted.items() if path not in found}
    wrong |= {
        path: (found[path], value)
        for path, value in wanted.items()
        if path in found and not agrees(found[path], value, known["tolerance"], path)
    }
    assert wrong == {}


def test_every_case_is_run(shared: Path) -> None:
    there_are = {path.stem for path in (shared / SHARED).glob("*.json")}
    assert there_are - ELSEWHERE == set(CASES)
