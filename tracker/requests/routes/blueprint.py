"""The blueprint of these pages."""

from flask import Blueprint

bp = Blueprint("requests", __name__)
