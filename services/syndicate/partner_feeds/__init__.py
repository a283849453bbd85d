"""Feeds and items of one partner, made when they are asked for."""
