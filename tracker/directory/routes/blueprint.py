"""The blueprint of these pages."""

from flask import Blueprint

bp = Blueprint("directory", __name__)
