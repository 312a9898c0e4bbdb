# Pool the tables of sets.json with metafor and write out.json; called by random_sets.py.
suppressMessages({
  library(metafor)
  library(jsonlite)
})
options(warn = -1)

effects_of <- function(measure, d) {
  switch(measure,
    MD = , SMD = , ROM = escalc(measure, n1i = d$n_intervention, m1i = d$mean_intervention, sd1i = d$sd_intervention,
      n2i = d$n_comparator, m2i = d$mean_comparator, sd2i = d$sd_comparator),
    RR = , OR = , RD = escalc(measure, ai = d$events_intervention, n1i = d$n_intervention, ci = d$events_comparator,
      n2i = d$n_comparator, add = 1 / 2, to = "only0", drop00 = FALSE),
    PLO = , PFT = escalc(measure, xi = d$events, ni = d$n),
    MN = escalc(measure, mi = d$mean, sdi = d$sd, ni = d$n),
    ZCOR = escalc(measure, ri = d$ri, ni = d$ni),
    GEN = data.frame(yi = d$yi, vi = d$vi))
}

model_of <- function(y, v, method, test) {
  control <- list(threshold = 1e-13 * max(1, var(y)), tol = 1e-14, maxiter = 5000, tau2.max = 1e12)
  fit <- try(rma(y, v, method = method, test = test, control = control), silent = TRUE)
  if (inherits(fit, "try-error")) return(NULL)
  found <- list(estimate = c(fit$beta), se = fit$se, p_value = fit$pval, ci_low = fit$ci.lb, ci_high = fit$ci.ub,
    tau2 = fit$tau2, i2 = fit$I2, h2 = fit$H2, q = fit$QE, q_p = fit$QEp)
  if (test == "adhoc" && method != "FE") {
    limits <- try(confint(fit, control = list(tol = 1e-13, maxiter = 1e5, tau2.max = 1e9))$random["tau^2", 2:3], silent = TRUE)
    if (!inherits(limits, "try-error")) found <- c(found, tau2_ci_low = limits[[1]], tau2_ci_high = limits[[2]])
  }
  if (test == "z" && method %in% c("FE", "DL")) found$leave_one_out <- leave1out(fit)$estimate
  found
}

tables <- fromJSON("sets.json", simplifyDataFrame = FALSE)
out <- lapply(tables, function(set) {
  d <- set$columns
  effects <- effects_of(set$measure, d)
  y <- as.numeric(effects$yi)
  v <- as.numeric(effects$vi)
  models <- list()
  for (method in c("FE", "DL", "PM", "REML", "ML", "EB", "HE", "HS", "SJ")) {
    for (test in if (method == "FE") "z" else c("z", "knha", "adhoc")) {
      models[[paste(method, test)]] <- model_of(y, v, method, test)
    }
  }
  tests <- list()
  if (length(y) > 2) {
    egger <- try(regtest(y, v, model = "lm")$pval, silent = TRUE)
    begg <- try(ranktest(y, v)$pval, silent = TRUE)
    if (!inherits(egger, "try-error")) tests$egger_p <- egger
    if (!inherits(begg, "try-error")) tests$begg_p <- begg
  }
  list(models = models, tests = tests)
})
write(toJSON(out, digits = I(15), auto_unbox = TRUE, na = "null"), "out.json")
