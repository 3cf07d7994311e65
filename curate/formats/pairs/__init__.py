"""Pairs of answers: a chosen and a rejected one."""
