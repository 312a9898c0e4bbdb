# Recompute the figures of metafor_dev.json from its yi and vi, and print how far they are apart.
# Run in this folder: Rscript check_figures.R
# Needs R with metafor and jsonlite (Debian: r-cran-metafor, r-cran-jsonlite). Made with metafor 3.8-1.
suppressMessages({
  library(metafor)
  library(jsonlite)
})
options(warn = -1)

document <- fromJSON("metafor_dev.json", simplifyDataFrame = FALSE)
worst <- data.frame(set = character(), figure = character(), pinned = numeric(), again = numeric(), relative = numeric())

compare <- function(set, figure, pinned, again) {
  pinned <- unlist(pinned)
  again <- as.numeric(unlist(again))
  if (is.null(pinned) || length(pinned) != length(again)) return(invisible())
  gap <- abs(pinned - again) / pmax(abs(pinned), 1e-300)
  i <- which.max(ifelse(is.na(gap), -1, gap))
  worst[nrow(worst) + 1, ] <<- list(set, figure, pinned[i], again[i], gap[i])
}

for (name in names(document$sets)) {
  data <- document$sets[[name]]
  y <- as.numeric(data$yi)
  v <- as.numeric(data$vi)
  spread <- if (length(y) > 1) var(y) else 1
  control <- list(threshold = 1e-13 * max(1, spread), tol = 1e-14, maxiter = 1e5)
  for (method in names(data$models)) {
    for (test in intersect(names(data$models[[method]]), c("z", "knha", "adhoc"))) {
      fit <- rma(y, v, method = method, test = test, control = control)
      pinned <- data$models[[method]][[test]]
      again <- list(
        b = c(fit$beta), se = fit$se, pval = fit$pval, ci_lb = fit$ci.lb, ci_ub = fit$ci.ub,
        tau2 = fit$tau2, I2 = fit$I2, H2 = fit$H2, QE = fit$QE, QEp = fit$QEp
      )
      for (figure in names(again)) {
        compare(name, paste(method, test, figure), pinned[[figure]], again[[figure]])
      }
    }
    profile <- data$models[[method]]$qprofile
    if (!is.null(profile)) {
      limits <- confint(fit, control = list(tol = 1e-13, maxiter = 1e5, tau2.max = 1e9))$random
      compare(name, paste(method, "qprofile tau2"), profile$tau2, limits["tau^2", ])
    }
    if (method %in% names(data$leave1out)) {
      fit <- rma(y, v, method = method, control = control)
      compare(name, paste(method, "leave1out"), data$leave1out[[method]]$estimate, leave1out(fit)$estimate)
    }
  }
  if (!is.null(data$bias)) {
    egger <- regtest(y, v, model = "lm")
    compare(name, "egger pval", data$bias$egger_lm_sei$pval, egger$pval)
    compare(name, "begg pval", data$bias$begg$pval, ranktest(y, v)$pval)
    for (method in c("FE", "DL", "REML")) {
      for (estimator in c("L0", "R0")) {
        filled <- trimfill(rma(y, v, method = method, control = control), estimator = estimator)
        pinned <- data$bias$trimfill[[paste(method, estimator, sep = "_")]]
        compare(name, paste(method, estimator, "k0"), pinned$k0, filled$k0)
        compare(name, paste(method, estimator, "b"), pinned$b, c(filled$beta))
      }
    }
  }
}

cat(R.version.string, "- metafor", as.character(packageVersion("metafor")), "\n")
cat(nrow(worst), "comparisons; those beyond 1e-8:\n")
print(worst[!is.na(worst$relative) & worst$relative > 1e-8, ], row.names = FALSE)
