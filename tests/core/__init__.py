"""Transactions, moments, days and the trail."""
