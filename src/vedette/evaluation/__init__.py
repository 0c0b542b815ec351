"""Judging forecasts: leak-free back-tests, baselines, tests of the five conditions, model cards."""

from vedette.evaluation.backtest import BacktestReport, backtest_panel, score_forecast

__all__ = ["BacktestReport", "backtest_panel", "score_forecast"]
