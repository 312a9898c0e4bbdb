# Figures that metafor_dev.json does not hold: influence, Peters's test, contour limits.
# Run in this folder: Rscript more_figures.R > more_figures.json
# Needs R with metafor, metadat and jsonlite (Debian: r-cran-metafor, r-cran-metadat, r-cran-jsonlite).
suppressMessages({
  library(metafor)
  library(jsonlite)
})

bcg <- escalc(measure = "OR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
control <- list(threshold = 1e-13, tol = 1e-14, maxiter = 1e5)

influence_of <- function(method, test) {
  fit <- rma(yi, vi, data = bcg, method = method, test = test, control = control)
  found <- influence(fit)
  c(
    list(method = method, test = test),
    unclass(found$inf)[c("rstudent", "dffits", "cook.d", "cov.r", "tau2.del", "QE.del", "hat", "weight")],
    list(dfbs = found$dfbs$intrcpt, is_influential = found$is.infl)
  )
}

events <- with(dat.bcg, tpos + cpos)
n <- with(dat.bcg, tpos + tneg + cpos + cneg)
weights <- 1 / (1 / events + 1 / (n - events))
peters <- summary(lm(bcg$yi ~ I(1 / n), weights = weights))$coefficients

document <- list(
  R = R.version.string,
  metafor = as.character(packageVersion("metafor")),
  metadat = as.character(packageVersion("metadat")),
  data = "dat.bcg, log odds ratios",
  yi = as.numeric(bcg$yi),
  vi = as.numeric(bcg$vi),
  influence = list(
    influence_of("REML", "z"), influence_of("REML", "knha"),
    influence_of("DL", "z"), influence_of("FE", "z")
  ),
  peters = list(
    events = events, n = n, slope = peters[2, 1], se = peters[2, 2], t = peters[2, 3], p = peters[2, 4]
  )
)
cat(toJSON(document, digits = I(15), auto_unbox = TRUE, na = "null"), "\n")
