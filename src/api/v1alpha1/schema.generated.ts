// Generated from config/crd/chaosexperiments.squall.dev.yaml by scripts/generate.ts. Edit that file and run `npm run generate`.

/** The JSON Schema of a ChaosExperiment as a user may write it. */
export const chaosExperimentSchema = {
  "title": "ChaosExperiment",
  "description": "A fault for a limited time in chosen pods. It runs once: applying the same manifest again does not start it again, deleting it ends it.",
  "type": "object",
  "x-kubernetes-validations": [
    {
      "rule": "has(self.spec)",
      "fieldPath": ".spec",
      "reason": "FieldValueRequired",
      "message": "say what to do (action), to which pods (targets) and for how long (duration)"
    },
    {
      "rule": "!has(oldSelf.status) || !has(oldSelf.status.startTime) || (has(self.spec) == has(oldSelf.spec) && (!has(self.spec) || self.spec == oldSelf.spec))",
      "fieldPath": ".spec",
      "reason": "FieldValueForbidden",
      "message": "frozen, because the run has started (status.startTime is set): to change it, delete this experiment and create it anew; to end it early, annotate it with squall.dev/stop"
    }
  ],
  "properties": {
    "apiVersion": {
      "description": "The version of this API, squall.dev/v1alpha1.",
      "type": "string",
      "enum": [
        "squall.dev/v1alpha1"
      ]
    },
    "kind": {
      "description": "The kind of this object, ChaosExperiment.",
      "type": "string",
      "enum": [
        "ChaosExperiment"
      ]
    },
    "metadata": {
      "title": "ObjectMeta",
      "description": "What Kubernetes itself keeps about an object, as far as Squall uses it.",
      "type": "object",
      "properties": {
        "name": {
          "type": "string"
        },
        "namespace": {
          "type": "string"
        },
        "uid": {
          "type": "string"
        },
        "resourceVersion": {
          "type": "string"
        },
        "generation": {
          "type": "integer"
        },
        "creationTimestamp": {
          "type": "string",
          "format": "date-time"
        },
        "deletionTimestamp": {
          "type": "string",
          "format": "date-time"
        },
        "labels": {
          "type": "object",
          "additionalProperties": {
            "type": "string"
          }
        },
        "annotations": {
          "type": "object",
          "additionalProperties": {
            "type": "string"
          }
        },
        "finalizers": {
          "type": "array",
          "items": {
            "type": "string"
          }
        }
      },
      "required": [
        "name"
      ],
      "additionalProperties": true
    },
    "spec": {
      "title": "ChaosExperimentSpec",
      "description": "What to do, to which pods and for how long. Frozen once status.startTime is set.",
      "type": "object",
      "x-kubernetes-validations": [
        {
          "rule": "has(self.action)",
          "fieldPath": ".action",
          "reason": "FieldValueRequired",
          "message": "say which impairment: pod-network-loss"
        },
        {
          "rule": "has(self.targets)",
          "fieldPath": ".targets",
          "reason": "FieldValueRequired",
          "message": "say which pods, by selector or podNames"
        },
        {
          "rule": "has(self.duration)",
          "fieldPath": ".duration",
          "reason": "FieldValueRequired",
          "message": "say for how long, from 1s to 24h: numbers with units, such as 30s, 5m or 1h30m"
        },
        {
          "rule": "!has(self.lossPercentage) || self.lossPercentage <= 40.0 || self.lossPercentage > 100.0 || (has(self.safety) && has(self.safety.allowHighLoss) && self.safety.allowHighLoss)",
          "fieldPath": ".lossPercentage",
          "message": "above 40 needs spec.safety.allowHighLoss to be true, because such a loss is an outage"
        }
      ],
      "properties": {
        "action": {
          "title": "Action",
          "description": "The impairment that must be there for the run to count as injected.",
          "type": "string",
          "enum": [
            "pod-network-loss"
          ]
        },
        "targets": {
          "title": "Targets",
          "description": "The pods to choose from and how many of them. Of the pods that match, only those that run and can safely be injected are eligible.",
          "type": "object",
          "x-kubernetes-validations": [
            {
              "rule": "has(self.selector) || has(self.podNames)",
              "message": "needs selector or podNames: say which pods"
            }
          ],
          "properties": {
            "selector": {
              "title": "LabelSelector",
              "description": "Labels that a pod must have. With podNames as well, a pod must satisfy both. An empty selector, which would choose every pod, is refused.",
              "type": "object",
              "x-kubernetes-map-type": "atomic",
              "x-kubernetes-validations": [
                {
                  "rule": "(has(self.matchLabels) && size(self.matchLabels) > 0) || (has(self.matchExpressions) && size(self.matchExpressions) > 0)",
                  "message": "is empty and would choose every pod: needs at least one entry in matchLabels or matchExpressions"
                }
              ],
              "properties": {
                "matchLabels": {
                  "description": "Labels with the values they must have; all of them must agree.",
                  "type": "object",
                  "maxProperties": 32,
                  "additionalProperties": {
                    "type": "string",
                    "maxLength": 256,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches('^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$')",
                        "messageExpression": "'\"' + self + '\" is not a label value: at most 63 letters, digits, \"-\", \"_\" and \".\", with a letter or digit first and last'",
                        "message": "takes label values, such as web"
                      }
                    ]
                  }
                },
                "matchExpressions": {
                  "description": "Conditions on labels; all of them must hold.",
                  "type": "array",
                  "maxItems": 32,
                  "x-kubernetes-list-type": "atomic",
                  "items": {
                    "title": "LabelSelectorRequirement",
                    "description": "A condition on one label.",
                    "type": "object",
                    "required": [
                      "key",
                      "operator"
                    ],
                    "x-kubernetes-validations": [
                      {
                        "rule": "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
                        "message": "values: In and NotIn need at least one, Exists and DoesNotExist take none"
                      }
                    ],
                    "properties": {
                      "key": {
                        "description": "The label.",
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 317
                      },
                      "operator": {
                        "description": "How the label's value relates to values.",
                        "type": "string",
                        "enum": [
                          "In",
                          "NotIn",
                          "Exists",
                          "DoesNotExist"
                        ]
                      },
                      "values": {
                        "description": "Values for In and NotIn.",
                        "type": "array",
                        "maxItems": 100,
                        "x-kubernetes-list-type": "atomic",
                        "items": {
                          "type": "string",
                          "maxLength": 63
                        }
                      }
                    },
                    "additionalProperties": false
                  }
                }
              },
              "additionalProperties": false
            },
            "podNames": {
              "description": "Names of pods, in each of the namespaces. With a selector as well, a pod must satisfy both.",
              "type": "array",
              "maxItems": 1000,
              "x-kubernetes-list-type": "set",
              "x-kubernetes-validations": [
                {
                  "rule": "size(self) > 0",
                  "message": "is empty: name at least one pod, or leave it out and use selector"
                }
              ],
              "items": {
                "type": "string",
                "maxLength": 253,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$')",
                    "messageExpression": "\"\\\"\" + self + \"\\\" is not a pod name, such as web-0\"",
                    "message": "takes pod names, such as web-0"
                  }
                ]
              }
            },
            "namespaces": {
              "description": "Namespaces to look for pods in. The default is the experiment's own.",
              "type": "array",
              "maxItems": 100,
              "x-kubernetes-list-type": "set",
              "x-kubernetes-validations": [
                {
                  "rule": "size(self) > 0",
                  "message": "is empty: name at least one namespace, or leave it out for the experiment's own"
                }
              ],
              "items": {
                "type": "string",
                "maxLength": 253,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')",
                    "messageExpression": "'\"' + self + '\" is not a namespace name: at most 63 lower-case letters, digits and \"-\", with a letter or digit first and last'",
                    "message": "takes namespace names, such as default"
                  }
                ]
              }
            },
            "exclude": {
              "title": "LabelSelector",
              "description": "Labels of pods to leave alone although they match. An empty one, which would exclude every pod, is refused.",
              "type": "object",
              "x-kubernetes-map-type": "atomic",
              "x-kubernetes-validations": [
                {
                  "rule": "(has(self.matchLabels) && size(self.matchLabels) > 0) || (has(self.matchExpressions) && size(self.matchExpressions) > 0)",
                  "message": "is empty and would exclude every pod: needs at least one entry in matchLabels or matchExpressions, or leave it out"
                }
              ],
              "properties": {
                "matchLabels": {
                  "description": "Labels with the values they must have; all of them must agree.",
                  "type": "object",
                  "maxProperties": 32,
                  "additionalProperties": {
                    "type": "string",
                    "maxLength": 256,
                    "x-kubernetes-validations": [
                      {
                        "rule": "self.matches('^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$')",
                        "messageExpression": "'\"' + self + '\" is not a label value: at most 63 letters, digits, \"-\", \"_\" and \".\", with a letter or digit first and last'",
                        "message": "takes label values, such as web"
                      }
                    ]
                  }
                },
                "matchExpressions": {
                  "description": "Conditions on labels; all of them must hold.",
                  "type": "array",
                  "maxItems": 32,
                  "x-kubernetes-list-type": "atomic",
                  "items": {
                    "title": "LabelSelectorRequirement",
                    "description": "A condition on one label.",
                    "type": "object",
                    "required": [
                      "key",
                      "operator"
                    ],
                    "x-kubernetes-validations": [
                      {
                        "rule": "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
                        "message": "values: In and NotIn need at least one, Exists and DoesNotExist take none"
                      }
                    ],
                    "properties": {
                      "key": {
                        "description": "The label.",
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 317
                      },
                      "operator": {
                        "description": "How the label's value relates to values.",
                        "type": "string",
                        "enum": [
                          "In",
                          "NotIn",
                          "Exists",
                          "DoesNotExist"
                        ]
                      },
                      "values": {
                        "description": "Values for In and NotIn.",
                        "type": "array",
                        "maxItems": 100,
                        "x-kubernetes-list-type": "atomic",
                        "items": {
                          "type": "string",
                          "maxLength": 63
                        }
                      }
                    },
                    "additionalProperties": false
                  }
                }
              },
              "additionalProperties": false
            },
            "count": {
              "description": "How many pods to inject: a number, or a percentage of the matching pods that run, rounded down but at least 1. Never more than are eligible.",
              "x-kubernetes-int-or-string": true,
              "maxLength": 16,
              "default": 1,
              "x-kubernetes-validations": [
                {
                  "rule": "type(self) == int ? self >= 1 : self.matches('^([1-9][0-9]?|100)%$')",
                  "message": "takes a whole number of at least 1, such as 2, or a percentage from \"1%\" to \"100%\""
                }
              ],
              "anyOf": [
                {
                  "type": "integer"
                },
                {
                  "type": "string"
                }
              ]
            }
          },
          "additionalProperties": false
        },
        "duration": {
          "description": "How long each pod keeps its fault, counted from the moment it is proven there; from 1s to 24h, as numbers with the units ms, s, m or h, such as 30s, 5m or 1h30m.",
          "type": "string",
          "maxLength": 32,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^([0-9]{1,8}([.][0-9]+)?ms|[0-9]{1,5}([.][0-9]+)?[smh])+$') && duration(self) >= duration('1s') && duration(self) <= duration('24h')",
              "messageExpression": "'\"' + self + '\" is not a time from 1s to 24h: write numbers with units, such as 30s, 5m or 1h30m'",
              "message": "takes a time from 1s to 24h: numbers with units, such as 30s, 5m or 1h30m"
            }
          ]
        },
        "direction": {
          "title": "Direction",
          "description": "Which packets are lost, as seen from the pod.",
          "type": "string",
          "enum": [
            "egress",
            "ingress",
            "both"
          ],
          "default": "both"
        },
        "lossPercentage": {
          "description": "The share of packets lost in each direction, in percent, from 0.0001 to 100. Above 40 only with safety.allowHighLoss. The mean loss is this share whatever the correlation.",
          "type": "number",
          "default": 5,
          "x-kubernetes-validations": [
            {
              "rule": "self >= 0.0001 && self <= 100.0",
              "message": "takes a percentage above 0 (at least 0.0001) and up to 100, such as 5 or 12.5"
            }
          ]
        },
        "correlation": {
          "description": "How much the loss of a packet depends on the loss of the one before it, in percent, from 0 to 100: the lag-1 autocorrelation of losses. Higher values make longer bursts with the same mean loss. 100 would never change state and is realised as 99.",
          "type": "number",
          "default": 0,
          "x-kubernetes-validations": [
            {
              "rule": "self >= 0.0 && self <= 100.0",
              "message": "takes a percentage from 0 (losses are independent) to 100 (realised as 99)"
            }
          ]
        },
        "interface": {
          "description": "The network interface in the pod. The default is the pod's primary one: that of its default route, else the only one besides loopback.",
          "type": "string",
          "maxLength": 253,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$')",
              "messageExpression": "'\"' + self + '\" is not the name of a network interface, such as eth0: 1 to 15 letters, digits, \"_\", \".\" and \"-\"'",
              "message": "takes the name of a network interface, such as eth0: 1 to 15 letters, digits, '_', '.' and '-'"
            }
          ]
        },
        "seed": {
          "description": "Text that decides which of the eligible pods are chosen. The same seed chooses the same pods for as long as they live. The default is derived from namespace, name and targets.",
          "type": "string",
          "minLength": 1,
          "maxLength": 253
        },
        "dryRun": {
          "description": "Only plan: status names the pods that the real run would hit. Setting it to false afterwards starts the real run.",
          "type": "boolean",
          "default": false
        },
        "injectionTimeout": {
          "description": "How long a pod may take from the request to the proof; from 1s to 5m. An agent that starts later than this does nothing.",
          "type": "string",
          "maxLength": 32,
          "default": "60s",
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^([0-9]{1,8}([.][0-9]+)?ms|[0-9]{1,5}([.][0-9]+)?[smh])+$') && duration(self) >= duration('1s') && duration(self) <= duration('5m')",
              "messageExpression": "'\"' + self + '\" is not a time from 1s to 5m: write numbers with units, such as 30s or 1m30s'",
              "message": "takes a time from 1s to 5m: numbers with units, such as 30s or 1m30s"
            }
          ]
        },
        "startingDeadline": {
          "description": "How long after its creation the experiment may still start; from 1s to 24h. One that is older, such as one restored from a backup without its status, never runs.",
          "type": "string",
          "maxLength": 32,
          "default": "10m",
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^([0-9]{1,8}([.][0-9]+)?ms|[0-9]{1,5}([.][0-9]+)?[smh])+$') && duration(self) >= duration('1s') && duration(self) <= duration('24h')",
              "messageExpression": "'\"' + self + '\" is not a time from 1s to 24h: write numbers with units, such as 30s, 5m or 1h30m'",
              "message": "takes a time from 1s to 24h: numbers with units, such as 30s, 5m or 1h30m"
            }
          ]
        },
        "safety": {
          "title": "Safety",
          "description": "Limits that the requester sets, and overrides that the requester takes on.",
          "type": "object",
          "properties": {
            "maxPercentage": {
              "description": "The largest share of the matching pods that may be under a fault, in percent, from 1 to 100. A plan above it is refused.",
              "type": "integer",
              "x-kubernetes-validations": [
                {
                  "rule": "self >= 1 && self <= 100",
                  "message": "takes a whole percentage from 1 to 100"
                }
              ]
            },
            "allowHighLoss": {
              "description": "Allow a loss above 40 %.",
              "type": "boolean",
              "default": false
            }
          },
          "additionalProperties": false
        }
      },
      "required": [
        "action",
        "targets",
        "duration"
      ],
      "additionalProperties": false
    },
    "status": {
      "title": "ChaosExperimentStatus",
      "description": "What was asked, proven, measured and cleaned. Written by the controller only.",
      "type": "object",
      "properties": {
        "observedGeneration": {
          "description": "The metadata.generation that this status speaks of.",
          "type": "integer"
        },
        "phase": {
          "title": "Phase",
          "description": "Where the run is. Completed, Failed and Aborted are final. A run that injected nothing is never Completed.",
          "type": "string",
          "enum": [
            "Pending",
            "Planned",
            "Injecting",
            "Running",
            "Recovering",
            "Completed",
            "Failed",
            "Aborted"
          ]
        },
        "message": {
          "description": "The state of the run in one sentence.",
          "type": "string",
          "maxLength": 32768
        },
        "attempt": {
          "description": "The number of this attempt, from 1.",
          "type": "integer"
        },
        "startTime": {
          "description": "When the run was committed to, before any pod was touched. The spec is frozen from then on.",
          "type": "string",
          "format": "date-time"
        },
        "endTime": {
          "description": "When the run reached its final phase.",
          "type": "string",
          "format": "date-time"
        },
        "conditions": {
          "description": "Accepted, Injected, Recovered and Degraded, each with its reason.",
          "type": "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": [
            "type"
          ],
          "items": {
            "title": "Condition",
            "description": "One aspect of the run.",
            "type": "object",
            "required": [
              "type",
              "status",
              "lastTransitionTime",
              "reason",
              "message"
            ],
            "properties": {
              "type": {
                "title": "ConditionType",
                "description": "The aspect.",
                "type": "string",
                "enum": [
                  "Accepted",
                  "Injected",
                  "Recovered",
                  "Degraded"
                ]
              },
              "status": {
                "description": "Whether it holds. Unknown means that it could not be read.",
                "type": "string",
                "enum": [
                  "True",
                  "False",
                  "Unknown"
                ]
              },
              "observedGeneration": {
                "description": "The metadata.generation that this condition speaks of.",
                "type": "integer"
              },
              "lastTransitionTime": {
                "description": "When status last changed.",
                "type": "string",
                "format": "date-time"
              },
              "reason": {
                "description": "One word for the cause, from a closed list.",
                "type": "string",
                "minLength": 1,
                "maxLength": 1024
              },
              "message": {
                "description": "The cause for a person.",
                "type": "string",
                "maxLength": 32768
              }
            },
            "additionalProperties": false
          }
        },
        "plan": {
          "title": "Plan",
          "description": "What the targets came to.",
          "type": "object",
          "required": [
            "matched",
            "eligible",
            "selected",
            "targetsHash"
          ],
          "properties": {
            "matched": {
              "description": "Pods that the targets match.",
              "type": "integer"
            },
            "eligible": {
              "description": "Pods of these that can safely be injected.",
              "type": "integer"
            },
            "selected": {
              "description": "Pods of these that were chosen.",
              "type": "integer"
            },
            "targetsHash": {
              "description": "Identifies the targets that were planned for.",
              "type": "string"
            },
            "rejected": {
              "description": "Matching pods that are not eligible, by reason.",
              "type": "array",
              "x-kubernetes-list-type": "atomic",
              "items": {
                "title": "Rejection",
                "description": "Pods that were turned down for one reason.",
                "type": "object",
                "required": [
                  "reason",
                  "count"
                ],
                "properties": {
                  "reason": {
                    "description": "One word for the cause, from a closed list.",
                    "type": "string"
                  },
                  "count": {
                    "description": "Pods turned down for it.",
                    "type": "integer"
                  },
                  "examples": {
                    "description": "A few of them, as namespace/name.",
                    "type": "array",
                    "x-kubernetes-list-type": "atomic",
                    "items": {
                      "type": "string"
                    }
                  }
                },
                "additionalProperties": false
              }
            }
          },
          "additionalProperties": false
        },
        "summary": {
          "title": "Summary",
          "description": "The run in figures.",
          "type": "object",
          "required": [
            "pods",
            "asked",
            "injected",
            "recovered",
            "failed",
            "gone",
            "leaked",
            "unknown"
          ],
          "properties": {
            "pods": {
              "description": "Pods proven to be injected, of the pods selected, such as 2/3.",
              "type": "string"
            },
            "asked": {
              "description": "The loss asked for, such as 20%.",
              "type": "string"
            },
            "observed": {
              "description": "The loss measured by the pods' own packet counters, such as 19.9%.",
              "type": "string"
            },
            "ends": {
              "description": "When the last fault ends, or ended.",
              "type": "string"
            },
            "injected": {
              "description": "Pods whose fault was proven at any time.",
              "type": "integer"
            },
            "recovered": {
              "description": "Pods proven to be clean afterwards.",
              "type": "integer"
            },
            "failed": {
              "description": "Pods that were selected and never injected.",
              "type": "integer"
            },
            "gone": {
              "description": "Pods that went away meanwhile, and their fault with them.",
              "type": "integer"
            },
            "leaked": {
              "description": "Pods whose agent ended without a clean report and that are not cleaned yet.",
              "type": "integer"
            },
            "unknown": {
              "description": "Pods of which it is not known whether they have a fault.",
              "type": "integer"
            }
          },
          "additionalProperties": false
        },
        "run": {
          "title": "Run",
          "description": "What was decided before the first pod was touched. The container of every pod is made from this and the spec alone, also after a restart of the controller.",
          "type": "object",
          "required": [
            "container",
            "image",
            "handle",
            "startBefore",
            "deadline",
            "durationMs",
            "lossPercentage",
            "correlation",
            "realisedCorrelation",
            "direction"
          ],
          "properties": {
            "container": {
              "description": "The name of the ephemeral container.",
              "type": "string"
            },
            "image": {
              "description": "The image of the ephemeral container.",
              "type": "string"
            },
            "handle": {
              "description": "Two lower-case hexadecimal digits XX that make the traffic control handles 7aXX and 7bXX of this run.",
              "type": "string"
            },
            "startBefore": {
              "description": "An agent that starts after this time does nothing.",
              "type": "string",
              "format": "date-time"
            },
            "deadline": {
              "description": "No fault lives longer than this.",
              "type": "string",
              "format": "date-time"
            },
            "durationMs": {
              "description": "How long each pod keeps its fault, in milliseconds.",
              "type": "integer"
            },
            "lossPercentage": {
              "description": "The mean loss, in percent.",
              "type": "number"
            },
            "correlation": {
              "description": "The correlation asked for, in percent.",
              "type": "number"
            },
            "realisedCorrelation": {
              "description": "The correlation in force, in percent.",
              "type": "number"
            },
            "direction": {
              "title": "Direction",
              "description": "Which packets are lost, as seen from the pod.",
              "type": "string",
              "enum": [
                "egress",
                "ingress",
                "both"
              ]
            }
          },
          "additionalProperties": false
        },
        "pods": {
          "description": "The selected pods, one entry each.",
          "type": "array",
          "x-kubernetes-list-type": "atomic",
          "items": {
            "title": "PodStatusEntry",
            "description": "One selected pod. Kept short, because a run may have thousands.",
            "type": "object",
            "required": [
              "namespace",
              "name",
              "uid",
              "state"
            ],
            "properties": {
              "namespace": {
                "description": "The pod's namespace.",
                "type": "string"
              },
              "name": {
                "description": "The pod's name.",
                "type": "string"
              },
              "uid": {
                "description": "The first 13 characters of the pod's uid.",
                "type": "string"
              },
              "state": {
                "title": "PodState",
                "description": "What is known of this pod.",
                "type": "string",
                "enum": [
                  "Planned",
                  "Injected",
                  "Recovered",
                  "Failed",
                  "Unknown",
                  "Leaked",
                  "Gone",
                  "Abandoned"
                ]
              },
              "reason": {
                "description": "One word for the cause, from a closed list.",
                "type": "string"
              },
              "message": {
                "description": "What the reason does not say by itself.",
                "type": "string"
              },
              "applied": {
                "description": "When the fault was proven there, in milliseconds since startTime.",
                "type": "integer"
              },
              "ended": {
                "description": "When the fault ended, in milliseconds since startTime.",
                "type": "integer"
              },
              "egress": {
                "description": "Packets lost/seen on the way out.",
                "type": "string"
              },
              "ingress": {
                "description": "Packets lost/seen on the way in.",
                "type": "string"
              },
              "reaps": {
                "description": "Reaper containers used so far.",
                "type": "integer"
              }
            },
            "additionalProperties": false
          }
        }
      },
      "additionalProperties": false
    }
  },
  "required": [
    "apiVersion",
    "kind",
    "metadata",
    "spec"
  ],
  "additionalProperties": false
} as const;
