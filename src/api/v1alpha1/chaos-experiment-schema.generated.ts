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
          "message": "say which impairment, such as pod-network-loss or pod-network-delay"
        },
        {
          "rule": "has(self.targets)",
          "fieldPath": ".targets",
          "reason": "FieldValueRequired",
          "message": "say which pods, by selector, podNames, service or workload"
        },
        {
          "rule": "has(self.duration)",
          "fieldPath": ".duration",
          "reason": "FieldValueRequired",
          "message": "say for how long, from 1s to 24h: numbers with units, such as 30s, 5m or 1h30m"
        },
        {
          "rule": "!has(self.action) || self.action != 'pod-network-delay' || has(self.latency)",
          "fieldPath": ".latency",
          "message": "pod-network-delay needs it: say how much later packets are sent, such as 100ms"
        },
        {
          "rule": "!has(self.action) || self.action != 'pod-network-duplicate' || has(self.duplicatePercentage)",
          "fieldPath": ".duplicatePercentage",
          "message": "pod-network-duplicate needs it: say which share of packets is sent twice, such as 5"
        },
        {
          "rule": "!has(self.action) || self.action != 'pod-network-corruption' || has(self.corruptPercentage)",
          "fieldPath": ".corruptPercentage",
          "message": "pod-network-corruption needs it: say in which share of packets a bit is flipped, such as 1"
        },
        {
          "rule": "!has(self.action) || self.action != 'pod-network-reorder' || has(self.reorderPercentage)",
          "fieldPath": ".reorderPercentage",
          "message": "pod-network-reorder needs it: say which share of packets overtakes others, such as 25"
        },
        {
          "rule": "!has(self.action) || self.action != 'pod-network-bandwidth' || has(self.rate)",
          "fieldPath": ".rate",
          "message": "pod-network-bandwidth needs it: say how many bits per second pass, such as 1mbit"
        },
        {
          "rule": "!has(self.action) || self.action != 'pod-network-partition' || !(has(self.lossPercentage) || has(self.correlation) || has(self.lossBurst) || has(self.latency) || has(self.duplicatePercentage) || has(self.corruptPercentage) || has(self.reorderPercentage) || has(self.rate) || has(self.profile))",
          "fieldPath": ".action",
          "message": "pod-network-partition loses every packet, so nothing else can be asked of them: leave out the other impairments, or choose pod-network-loss"
        },
        {
          "rule": "!has(self.action) || self.action in ['pod-network-loss', 'pod-network-partition'] || has(self.lossPercentage) || (has(self.profile) && self.profile.exists(step, has(step.lossPercentage))) || !((has(self.correlation) && self.correlation > 0.0) || has(self.lossBurst))",
          "fieldPath": ".lossPercentage",
          "message": "is missing: correlation and lossBurst say how losses follow each other, so give the losses too, such as 5"
        },
        {
          "rule": "!(has(self.correlation) && self.correlation > 0.0 && has(self.lossBurst))",
          "fieldPath": ".lossBurst",
          "message": "correlation and lossBurst say the same in two ways: give one of them"
        },
        {
          "rule": "!has(self.lossBurst) || self.lossBurst < 1.0 || ((!has(self.lossPercentage) || self.lossPercentage > 100.0 || self.lossPercentage * (self.lossBurst + 1.0) <= 100.0 * self.lossBurst) && (!has(self.profile) || self.profile.all(step, !has(step.lossPercentage) || step.lossPercentage > 100.0 || step.lossPercentage * (self.lossBurst + 1.0) <= 100.0 * self.lossBurst)))",
          "fieldPath": ".lossBurst",
          "message": "is too short for this loss: between two bursts at least one packet passes, so that a burst of 1 allows a loss of at most 50, one of 3 at most 75, one of 9 at most 90"
        },
        {
          "rule": "!has(self.jitter) || has(self.latency)",
          "fieldPath": ".jitter",
          "message": "needs latency: the jitter is around it"
        },
        {
          "rule": "!has(self.distribution) || has(self.jitter)",
          "fieldPath": ".distribution",
          "message": "needs jitter: it says how the jitter is distributed"
        },
        {
          "rule": "!has(self.reorderPercentage) || has(self.latency)",
          "fieldPath": ".reorderPercentage",
          "message": "needs latency: packets are reordered by sending some of them at once while the others wait that long"
        },
        {
          "rule": "!has(self.profile) || !has(self.duplicatePercentage)",
          "fieldPath": ".profile",
          "message": "cannot be combined with duplicatePercentage: the kernel takes no second netem beside one that duplicates"
        },
        {
          "rule": "!has(self.profile) || self.profile.all(step, (has(step.latency) ? step.latency.matches('[1-9]') : has(self.latency)) || !((has(step.jitter) ? step.jitter.matches('[1-9]') : has(self.jitter)) || (has(step.reorderPercentage) ? step.reorderPercentage > 0.0 : has(self.reorderPercentage))))",
          "fieldPath": ".profile",
          "message": "has a step with jitter or reordering but without latency: give it a latency above 0ms, or jitter 0ms and reorderPercentage 0"
        },
        {
          "rule": "!has(self.lossPercentage) || self.lossPercentage <= 40.0 || self.lossPercentage > 100.0 || (has(self.safety) && has(self.safety.allowHighLoss) && self.safety.allowHighLoss)",
          "fieldPath": ".lossPercentage",
          "message": "above 40 needs spec.safety.allowHighLoss to be true, because such a loss is an outage"
        },
        {
          "rule": "!has(self.action) || self.action != 'pod-network-partition' || (has(self.safety) && has(self.safety.allowHighLoss) && self.safety.allowHighLoss)",
          "fieldPath": ".action",
          "message": "pod-network-partition needs spec.safety.allowHighLoss to be true, because it is an outage"
        }
      ],
      "properties": {
        "action": {
          "title": "Action",
          "description": "The impairment that must be there for the run to count as injected.",
          "type": "string",
          "enum": [
            "pod-network-loss",
            "pod-network-delay",
            "pod-network-duplicate",
            "pod-network-corruption",
            "pod-network-reorder",
            "pod-network-bandwidth",
            "pod-network-partition"
          ]
        },
        "targets": {
          "title": "Targets",
          "description": "The pods to choose from and how many of them. Of the pods that match, only those that run and can safely be injected are eligible.",
          "type": "object",
          "x-kubernetes-validations": [
            {
              "rule": "has(self.selector) || has(self.podNames) || has(self.service) || has(self.workload)",
              "message": "needs selector, podNames, service or workload: say which pods"
            },
            {
              "rule": "!(has(self.mode) && self.mode == 'dynamic' && has(self.sequence) && self.sequence == 'serial')",
              "message": "mode dynamic and sequence serial cannot be combined: choose one"
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
            "service": {
              "title": "TargetService",
              "description": "The pods behind a Service, ready or not, in each of the namespaces. With a selector or podNames as well, a pod must satisfy all.",
              "type": "object",
              "required": [
                "name"
              ],
              "properties": {
                "name": {
                  "description": "The Service's name.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 63
                }
              },
              "additionalProperties": false
            },
            "workload": {
              "title": "TargetWorkload",
              "description": "The pods of a workload, in each of the namespaces. With a selector or podNames as well, a pod must satisfy all.",
              "type": "object",
              "required": [
                "kind",
                "name"
              ],
              "properties": {
                "kind": {
                  "title": "WorkloadKind",
                  "description": "What kind of workload.",
                  "type": "string",
                  "enum": [
                    "Deployment",
                    "StatefulSet",
                    "DaemonSet",
                    "ReplicaSet",
                    "Job"
                  ]
                },
                "name": {
                  "description": "The workload's name.",
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 253
                }
              },
              "additionalProperties": false
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
            },
            "mode": {
              "title": "TargetMode",
              "description": "static (the default): the pods that are chosen at the start, and no others. dynamic: pods that come later, such as replacements, get the fault as well, for the time that is left, as far as count and all limits allow; the run ends after its duration, counted from the first proof.",
              "type": "string",
              "enum": [
                "static",
                "dynamic"
              ]
            },
            "sequence": {
              "title": "TargetSequence",
              "description": "parallel (the default): all chosen pods at once. serial: one after another, the next when the one before is proven clean.",
              "type": "string",
              "enum": [
                "parallel",
                "serial"
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
          "description": "Which packets are impaired, as seen from the pod.",
          "type": "string",
          "enum": [
            "egress",
            "ingress",
            "both"
          ],
          "default": "both"
        },
        "lossPercentage": {
          "description": "The share of packets lost in each direction, in percent, from 0.0001 to 100; the default for pod-network-loss is 5. Above 40 only with safety.allowHighLoss. The mean loss is this share whatever the correlation.",
          "type": "number",
          "x-kubernetes-validations": [
            {
              "rule": "self >= 0.0001 && self <= 100.0",
              "message": "takes a percentage above 0 (at least 0.0001) and up to 100, such as 5 or 12.5"
            }
          ]
        },
        "correlation": {
          "description": "How much the loss of a packet depends on the loss of the one before it, in percent, from 0 (the default: losses are independent) to 100: the lag-1 autocorrelation of losses. Higher values make longer bursts with the same mean loss. 100 would never change state and is realised as 99.",
          "type": "number",
          "x-kubernetes-validations": [
            {
              "rule": "self >= 0.0 && self <= 100.0",
              "message": "takes a percentage from 0 (losses are independent) to 100 (realised as 99)"
            }
          ]
        },
        "lossBurst": {
          "description": "How many packets in a row are lost on average when one is lost, from 1 to 1000: another way to say correlation. The mean loss stays lossPercentage.",
          "type": "number",
          "x-kubernetes-validations": [
            {
              "rule": "self >= 1.0 && self <= 1000.0",
              "message": "takes a mean number of packets from 1 to 1000, such as 3"
            }
          ]
        },
        "latency": {
          "description": "How much later each packet is sent, in each direction; from 1us to 60s, as numbers with the units us, ms or s, such as 100ms or 0.5ms. Above 10s only with safety.allowHighLoss.",
          "type": "string",
          "maxLength": 32,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^([0-9]{1,8}([.][0-9]+)?(us|ms)|[0-9]{1,2}([.][0-9]+)?s)+$') && duration(self) >= duration('1us') && duration(self) <= duration('60s')",
              "messageExpression": "'\"' + self + '\" is not a time from 1us to 60s: write numbers with the units us, ms or s, such as 100ms or 0.5ms'",
              "message": "takes a time from 1us to 60s: numbers with the units us, ms or s, such as 100ms or 0.5ms"
            }
          ]
        },
        "jitter": {
          "description": "By how much the latency varies around its mean, from 1us up to the latency. Packets keep their order, so that a late one holds up those behind it, unless reorderPercentage is given.",
          "type": "string",
          "maxLength": 32,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^([0-9]{1,8}([.][0-9]+)?(us|ms)|[0-9]{1,2}([.][0-9]+)?s)+$') && duration(self) >= duration('1us') && duration(self) <= duration('60s')",
              "messageExpression": "'\"' + self + '\" is not a time from 1us to 60s: write numbers with the units us, ms or s, such as 100ms or 0.5ms'",
              "message": "takes a time from 1us to 60s: numbers with the units us, ms or s, such as 100ms or 0.5ms"
            }
          ]
        },
        "distribution": {
          "title": "Distribution",
          "description": "How the jitter is distributed. uniform (the default) stays within it; for the others it is the standard deviation.",
          "type": "string",
          "enum": [
            "uniform",
            "normal",
            "pareto",
            "paretonormal"
          ]
        },
        "duplicatePercentage": {
          "description": "The share of packets sent twice, in percent, from 0.0001 to 100.",
          "type": "number",
          "x-kubernetes-validations": [
            {
              "rule": "self >= 0.0001 && self <= 100.0",
              "message": "takes a percentage above 0 (at least 0.0001) and up to 100, such as 5"
            }
          ]
        },
        "corruptPercentage": {
          "description": "The share of packets in which one bit is flipped, in percent, from 0.0001 to 100. Receivers drop most of them by their checksums.",
          "type": "number",
          "x-kubernetes-validations": [
            {
              "rule": "self >= 0.0001 && self <= 100.0",
              "message": "takes a percentage above 0 (at least 0.0001) and up to 100, such as 1"
            }
          ]
        },
        "reorderPercentage": {
          "description": "The share of packets that are sent at once and so overtake those that wait for latency, in percent, from 0.0001 to 100.",
          "type": "number",
          "x-kubernetes-validations": [
            {
              "rule": "self >= 0.0001 && self <= 100.0",
              "message": "takes a percentage above 0 (at least 0.0001) and up to 100, such as 25"
            }
          ]
        },
        "rate": {
          "description": "The bits per second that pass, in each direction, from 8bit to 1000gbit, such as 1mbit or 500kbit. Below 8kbit only with safety.allowHighLoss.",
          "type": "string",
          "maxLength": 32,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^[0-9]{1,9}([.][0-9]{1,6})?[kmg]?bit$') && [double(self.find('^[0-9.]+')) * (self.endsWith('gbit') ? 1e9 : self.endsWith('mbit') ? 1e6 : self.endsWith('kbit') ? 1e3 : 1.0)] .all(bits, bits >= 8.0 && bits <= 1e12)",
              "messageExpression": "'\"' + self + '\" is not a rate from 8bit to 1000gbit (a second): write a number with bit, kbit, mbit or gbit, such as 1mbit or 500kbit'",
              "message": "takes a rate from 8bit to 1000gbit (a second): a number with bit, kbit, mbit or gbit, such as 1mbit"
            }
          ]
        },
        "profile": {
          "description": "How the fault changes while it is held. Each step replaces the values that it names, from its time on until the next step; what it does not name is as in spec.",
          "type": "array",
          "maxItems": 14,
          "x-kubernetes-list-type": "atomic",
          "x-kubernetes-validations": [
            {
              "rule": "size(self) > 0",
              "message": "is empty: give at least one step, or leave it out"
            }
          ],
          "items": {
            "title": "ProfileStep",
            "description": "The values from one time on.",
            "type": "object",
            "required": [
              "at"
            ],
            "x-kubernetes-validations": [
              {
                "rule": "has(self.lossPercentage) || has(self.latency) || has(self.jitter) || has(self.corruptPercentage) || has(self.reorderPercentage) || has(self.rate)",
                "message": "changes nothing: name at least one value, such as lossPercentage or latency"
              }
            ],
            "properties": {
              "at": {
                "description": "When the step begins, since the fault was applied in the pod, such as 0s, 500ms or 1m30s. Later than the step before it, and before the run is over.",
                "type": "string",
                "maxLength": 32,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^([0-9]{1,8}([.][0-9]+)?ms|[0-9]{1,5}([.][0-9]+)?[smh])+$')",
                    "messageExpression": "'\"' + self + '\" is not a time since the fault began: write numbers with units, such as 0s, 500ms or 1m30s'",
                    "message": "takes a time since the fault began, such as 0s, 500ms or 1m30s"
                  }
                ]
              },
              "lossPercentage": {
                "description": "The share of packets lost from then on, in percent, from 0 to 100.",
                "type": "number",
                "x-kubernetes-validations": [
                  {
                    "rule": "self >= 0.0 && self <= 100.0",
                    "message": "takes a percentage from 0 to 100, such as 5"
                  }
                ]
              },
              "latency": {
                "description": "How much later each packet is sent from then on, from 0ms to 60s.",
                "type": "string",
                "maxLength": 32,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^([0-9]{1,8}([.][0-9]+)?(us|ms)|[0-9]{1,2}([.][0-9]+)?s)+$') && (duration(self) >= duration('1us') || !self.matches('[1-9]')) && duration(self) <= duration('60s')",
                    "messageExpression": "'\"' + self + '\" is neither 0ms nor a time from 1us to 60s: write numbers with the units us, ms or s, such as 100ms or 0.5ms'",
                    "message": "takes 0ms, or a time from 1us to 60s: numbers with the units us, ms or s, such as 0.5ms"
                  }
                ]
              },
              "jitter": {
                "description": "By how much the latency varies from then on, from 0ms to 60s.",
                "type": "string",
                "maxLength": 32,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^([0-9]{1,8}([.][0-9]+)?(us|ms)|[0-9]{1,2}([.][0-9]+)?s)+$') && (duration(self) >= duration('1us') || !self.matches('[1-9]')) && duration(self) <= duration('60s')",
                    "messageExpression": "'\"' + self + '\" is neither 0ms nor a time from 1us to 60s: write numbers with the units us, ms or s, such as 100ms or 0.5ms'",
                    "message": "takes 0ms, or a time from 1us to 60s: numbers with the units us, ms or s, such as 0.5ms"
                  }
                ]
              },
              "corruptPercentage": {
                "description": "The share of packets in which one bit is flipped from then on, in percent, from 0 to 100.",
                "type": "number",
                "x-kubernetes-validations": [
                  {
                    "rule": "self >= 0.0 && self <= 100.0",
                    "message": "takes a percentage from 0 to 100, such as 1"
                  }
                ]
              },
              "reorderPercentage": {
                "description": "The share of packets that overtake others from then on, in percent, from 0 to 100.",
                "type": "number",
                "x-kubernetes-validations": [
                  {
                    "rule": "self >= 0.0 && self <= 100.0",
                    "message": "takes a percentage from 0 to 100, such as 25"
                  }
                ]
              },
              "rate": {
                "description": "The bits per second that pass from then on, from 8bit to 1000gbit.",
                "type": "string",
                "maxLength": 32,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^[0-9]{1,9}([.][0-9]{1,6})?[kmg]?bit$') && [double(self.find('^[0-9.]+')) * (self.endsWith('gbit') ? 1e9 : self.endsWith('mbit') ? 1e6 : self.endsWith('kbit') ? 1e3 : 1.0)] .all(bits, bits >= 8.0 && bits <= 1e12)",
                    "messageExpression": "'\"' + self + '\" is not a rate from 8bit to 1000gbit (a second): write a number with bit, kbit, mbit or gbit, such as 1mbit or 500kbit'",
                    "message": "takes a rate from 8bit to 1000gbit (a second): a number with bit, kbit, mbit or gbit, such as 1mbit"
                  }
                ]
              }
            },
            "additionalProperties": false
          }
        },
        "pulses": {
          "title": "Pulses",
          "description": "Lets the fault come and go while it is held: it is there for `active`, then away for `paused`, again and again, such as a link that flaps.",
          "type": "object",
          "required": [
            "active",
            "paused"
          ],
          "properties": {
            "active": {
              "description": "How long the fault is there each time, from 100ms to 1h.",
              "type": "string",
              "maxLength": 32,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^([0-9]{1,8}([.][0-9]+)?ms|[0-9]{1,5}([.][0-9]+)?[smh])+$') && duration(self) >= duration('100ms') && duration(self) <= duration('1h')",
                  "message": "takes a time from 100ms to 1h, such as 2s"
                }
              ]
            },
            "paused": {
              "description": "How long it is away each time, from 100ms to 1h.",
              "type": "string",
              "maxLength": 32,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^([0-9]{1,8}([.][0-9]+)?ms|[0-9]{1,5}([.][0-9]+)?[smh])+$') && duration(self) >= duration('100ms') && duration(self) <= duration('1h')",
                  "message": "takes a time from 100ms to 1h, such as 3s"
                }
              ]
            }
          },
          "additionalProperties": false
        },
        "peers": {
          "description": "With whom traffic is impaired; traffic with anybody else is left alone. The default is everybody. One that resolves to nobody lets nothing start.",
          "type": "array",
          "maxItems": 64,
          "x-kubernetes-list-type": "atomic",
          "x-kubernetes-validations": [
            {
              "rule": "size(self) > 0",
              "message": "is empty: name at least one peer, or leave it out"
            },
            {
              "rule": "self.all(peer, !has(peer.kubelet))",
              "message": "kubelet is for exceptPeers only"
            }
          ],
          "items": {
            "title": "Peer",
            "description": "Somebody that the target talks with, as address and port together. Exactly one of cidr, host, service, pods and kubelet may be given; with none of them, ports or localPorts of everybody.",
            "type": "object",
            "x-kubernetes-validations": [
              {
                "rule": "[has(self.cidr), has(self.host), has(self.service), has(self.pods), has(self.kubelet)].filter(given, given).size() <= 1",
                "message": "takes one of cidr, host, service, pods and kubelet: make a peer of its own for each"
              },
              {
                "rule": "[has(self.cidr), has(self.host), has(self.service), has(self.pods), has(self.kubelet)].filter(given, given).size() >= 1 || has(self.ports) || has(self.localPorts)",
                "message": "names nobody: needs cidr, host, service, pods, ports or localPorts"
              },
              {
                "rule": "!has(self.services) || has(self.cidr)",
                "message": "services says which Services a cidr covers: needs cidr"
              },
              {
                "rule": "!has(self.kubelet) || !(has(self.ports) || has(self.localPorts))",
                "message": "kubelet is the node with all its ports: leave out ports and localPorts"
              }
            ],
            "properties": {
              "cidr": {
                "description": "Addresses, such as 10.32.0.0/16, fd00::/8 or 10.0.0.7. Services whose ready endpoints all lie in it are covered too, by their own addresses.",
                "type": "string",
                "maxLength": 64,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^[0-9]{1,3}([.][0-9]{1,3}){3}(/[0-9]{1,2})?$|^[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f.]{0,15}){2,8}(/[0-9]{1,3})?$')",
                    "messageExpression": "\"\\\"\" + self + \"\\\" is not a range of addresses, such as 10.32.0.0/16, fd00::/8 or 10.0.0.7\"",
                    "message": "takes a range of addresses, such as 10.32.0.0/16, fd00::/8 or 10.0.0.7"
                  }
                ]
              },
              "services": {
                "title": "CoveredServices",
                "description": "Which Services a cidr covers by their own addresses: whole (the default), those whose ready endpoints all lie in it; any, also those of which only some do.",
                "type": "string",
                "enum": [
                  "whole",
                  "any"
                ]
              },
              "host": {
                "description": "A DNS name, resolved in the target pod, again and again while the fault is held.",
                "type": "string",
                "maxLength": 253,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?([.][A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*[.]?$')",
                    "messageExpression": "\"\\\"\" + self + \"\\\" is not a DNS name, such as db.example.com\"",
                    "message": "takes a DNS name, such as db.example.com"
                  }
                ]
              },
              "service": {
                "title": "ServicePeer",
                "description": "A Service, by its own addresses and those of its endpoints.",
                "type": "object",
                "required": [
                  "name"
                ],
                "properties": {
                  "name": {
                    "description": "The Service's name.",
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 63
                  },
                  "namespace": {
                    "description": "The Service's namespace. The default is the experiment's own.",
                    "type": "string",
                    "maxLength": 63
                  },
                  "port": {
                    "description": "A port of the Service, by number or name. The default is all of them.",
                    "x-kubernetes-int-or-string": true,
                    "maxLength": 63,
                    "x-kubernetes-validations": [
                      {
                        "rule": "type(self) == int ? self >= 1 && self <= 65535 : size(self) > 0",
                        "message": "takes a port of the Service, by number or name"
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
              "pods": {
                "title": "PodPeers",
                "description": "Pods, by their labels.",
                "type": "object",
                "required": [
                  "selector"
                ],
                "properties": {
                  "selector": {
                    "title": "LabelSelector",
                    "description": "Labels that a pod must have.",
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
                      "maxLength": 63,
                      "x-kubernetes-validations": [
                        {
                          "rule": "self.matches('^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')",
                          "message": "takes names of namespaces, such as shop"
                        }
                      ]
                    }
                  }
                },
                "additionalProperties": false
              },
              "kubelet": {
                "description": "The node's own addresses and the pod's gateway, from which the kubelet's probes come.",
                "type": "boolean",
                "x-kubernetes-validations": [
                  {
                    "rule": "self",
                    "message": "takes true, or leave it out"
                  }
                ]
              },
              "ports": {
                "description": "The peer's ports. The default is all traffic with it.",
                "type": "array",
                "maxItems": 16,
                "x-kubernetes-list-type": "atomic",
                "x-kubernetes-validations": [
                  {
                    "rule": "size(self) > 0",
                    "message": "is empty and would match nothing: give at least one port, or leave it out"
                  }
                ],
                "items": {
                  "title": "PeerPort",
                  "description": "A port, a range of ports, or a protocol as a whole.",
                  "type": "object",
                  "x-kubernetes-validations": [
                    {
                      "rule": "has(self.port) || has(self.protocol)",
                      "message": "needs port or protocol"
                    },
                    {
                      "rule": "!has(self.endPort) || (has(self.port) && self.endPort >= self.port)",
                      "message": "endPort needs port, and is not below it"
                    },
                    {
                      "rule": "!has(self.port) || !has(self.protocol) || self.protocol != 'ICMP'",
                      "message": "ICMP has no ports: leave out port"
                    }
                  ],
                  "properties": {
                    "port": {
                      "description": "The port, or the first of a range. Without it, the whole protocol.",
                      "type": "integer",
                      "x-kubernetes-validations": [
                        {
                          "rule": "self >= 1 && self <= 65535",
                          "message": "takes a port from 1 to 65535"
                        }
                      ]
                    },
                    "endPort": {
                      "description": "The last port of a range.",
                      "type": "integer",
                      "x-kubernetes-validations": [
                        {
                          "rule": "self >= 1 && self <= 65535",
                          "message": "takes a port from 1 to 65535"
                        }
                      ]
                    },
                    "protocol": {
                      "title": "Protocol",
                      "description": "The protocol. Without it, all that have ports.",
                      "type": "string",
                      "enum": [
                        "TCP",
                        "UDP",
                        "SCTP",
                        "ICMP"
                      ]
                    }
                  },
                  "additionalProperties": false
                }
              },
              "localPorts": {
                "description": "The target's own ports. The default is all of them.",
                "type": "array",
                "maxItems": 16,
                "x-kubernetes-list-type": "atomic",
                "x-kubernetes-validations": [
                  {
                    "rule": "size(self) > 0",
                    "message": "is empty and would match nothing: give at least one port, or leave it out"
                  }
                ],
                "items": {
                  "title": "PeerPort",
                  "description": "A port, a range of ports, or a protocol as a whole.",
                  "type": "object",
                  "x-kubernetes-validations": [
                    {
                      "rule": "has(self.port) || has(self.protocol)",
                      "message": "needs port or protocol"
                    },
                    {
                      "rule": "!has(self.endPort) || (has(self.port) && self.endPort >= self.port)",
                      "message": "endPort needs port, and is not below it"
                    },
                    {
                      "rule": "!has(self.port) || !has(self.protocol) || self.protocol != 'ICMP'",
                      "message": "ICMP has no ports: leave out port"
                    }
                  ],
                  "properties": {
                    "port": {
                      "description": "The port, or the first of a range. Without it, the whole protocol.",
                      "type": "integer",
                      "x-kubernetes-validations": [
                        {
                          "rule": "self >= 1 && self <= 65535",
                          "message": "takes a port from 1 to 65535"
                        }
                      ]
                    },
                    "endPort": {
                      "description": "The last port of a range.",
                      "type": "integer",
                      "x-kubernetes-validations": [
                        {
                          "rule": "self >= 1 && self <= 65535",
                          "message": "takes a port from 1 to 65535"
                        }
                      ]
                    },
                    "protocol": {
                      "title": "Protocol",
                      "description": "The protocol. Without it, all that have ports.",
                      "type": "string",
                      "enum": [
                        "TCP",
                        "UDP",
                        "SCTP",
                        "ICMP"
                      ]
                    }
                  },
                  "additionalProperties": false
                }
              }
            },
            "additionalProperties": false
          }
        },
        "exceptPeers": {
          "description": "With whom traffic is left alone, also where peers name them. One that resolves to nobody lets nothing start.",
          "type": "array",
          "maxItems": 64,
          "x-kubernetes-list-type": "atomic",
          "x-kubernetes-validations": [
            {
              "rule": "size(self) > 0",
              "message": "is empty: name at least one peer, or leave it out"
            }
          ],
          "items": {
            "title": "Peer",
            "description": "Somebody that the target talks with, as address and port together. Exactly one of cidr, host, service, pods and kubelet may be given; with none of them, ports or localPorts of everybody.",
            "type": "object",
            "x-kubernetes-validations": [
              {
                "rule": "[has(self.cidr), has(self.host), has(self.service), has(self.pods), has(self.kubelet)].filter(given, given).size() <= 1",
                "message": "takes one of cidr, host, service, pods and kubelet: make a peer of its own for each"
              },
              {
                "rule": "[has(self.cidr), has(self.host), has(self.service), has(self.pods), has(self.kubelet)].filter(given, given).size() >= 1 || has(self.ports) || has(self.localPorts)",
                "message": "names nobody: needs cidr, host, service, pods, kubelet, ports or localPorts"
              },
              {
                "rule": "!has(self.services) || has(self.cidr)",
                "message": "services says which Services a cidr covers: needs cidr"
              },
              {
                "rule": "!has(self.kubelet) || !(has(self.ports) || has(self.localPorts))",
                "message": "kubelet is the node with all its ports: leave out ports and localPorts"
              }
            ],
            "properties": {
              "cidr": {
                "description": "Addresses, such as 10.32.0.0/16, fd00::/8 or 10.0.0.7. Services whose ready endpoints all lie in it are covered too, by their own addresses.",
                "type": "string",
                "maxLength": 64,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^[0-9]{1,3}([.][0-9]{1,3}){3}(/[0-9]{1,2})?$|^[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f.]{0,15}){2,8}(/[0-9]{1,3})?$')",
                    "messageExpression": "\"\\\"\" + self + \"\\\" is not a range of addresses, such as 10.32.0.0/16, fd00::/8 or 10.0.0.7\"",
                    "message": "takes a range of addresses, such as 10.32.0.0/16, fd00::/8 or 10.0.0.7"
                  }
                ]
              },
              "services": {
                "title": "CoveredServices",
                "description": "Which Services a cidr covers by their own addresses: whole (the default), those whose ready endpoints all lie in it; any, also those of which only some do.",
                "type": "string",
                "enum": [
                  "whole",
                  "any"
                ]
              },
              "host": {
                "description": "A DNS name, resolved in the target pod, again and again while the fault is held.",
                "type": "string",
                "maxLength": 253,
                "x-kubernetes-validations": [
                  {
                    "rule": "self.matches('^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?([.][A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*[.]?$')",
                    "messageExpression": "\"\\\"\" + self + \"\\\" is not a DNS name, such as db.example.com\"",
                    "message": "takes a DNS name, such as db.example.com"
                  }
                ]
              },
              "service": {
                "title": "ServicePeer",
                "description": "A Service, by its own addresses and those of its endpoints.",
                "type": "object",
                "required": [
                  "name"
                ],
                "properties": {
                  "name": {
                    "description": "The Service's name.",
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 63
                  },
                  "namespace": {
                    "description": "The Service's namespace. The default is the experiment's own.",
                    "type": "string",
                    "maxLength": 63
                  },
                  "port": {
                    "description": "A port of the Service, by number or name. The default is all of them.",
                    "x-kubernetes-int-or-string": true,
                    "maxLength": 63,
                    "x-kubernetes-validations": [
                      {
                        "rule": "type(self) == int ? self >= 1 && self <= 65535 : size(self) > 0",
                        "message": "takes a port of the Service, by number or name"
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
              "pods": {
                "title": "PodPeers",
                "description": "Pods, by their labels.",
                "type": "object",
                "required": [
                  "selector"
                ],
                "properties": {
                  "selector": {
                    "title": "LabelSelector",
                    "description": "Labels that a pod must have.",
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
                      "maxLength": 63,
                      "x-kubernetes-validations": [
                        {
                          "rule": "self.matches('^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$')",
                          "message": "takes names of namespaces, such as shop"
                        }
                      ]
                    }
                  }
                },
                "additionalProperties": false
              },
              "kubelet": {
                "description": "The node's own addresses and the pod's gateway, from which the kubelet's probes come.",
                "type": "boolean",
                "x-kubernetes-validations": [
                  {
                    "rule": "self",
                    "message": "takes true, or leave it out"
                  }
                ]
              },
              "ports": {
                "description": "The peer's ports. The default is all traffic with it.",
                "type": "array",
                "maxItems": 16,
                "x-kubernetes-list-type": "atomic",
                "x-kubernetes-validations": [
                  {
                    "rule": "size(self) > 0",
                    "message": "is empty and would match nothing: give at least one port, or leave it out"
                  }
                ],
                "items": {
                  "title": "PeerPort",
                  "description": "A port, a range of ports, or a protocol as a whole.",
                  "type": "object",
                  "x-kubernetes-validations": [
                    {
                      "rule": "has(self.port) || has(self.protocol)",
                      "message": "needs port or protocol"
                    },
                    {
                      "rule": "!has(self.endPort) || (has(self.port) && self.endPort >= self.port)",
                      "message": "endPort needs port, and is not below it"
                    },
                    {
                      "rule": "!has(self.port) || !has(self.protocol) || self.protocol != 'ICMP'",
                      "message": "ICMP has no ports: leave out port"
                    }
                  ],
                  "properties": {
                    "port": {
                      "description": "The port, or the first of a range. Without it, the whole protocol.",
                      "type": "integer",
                      "x-kubernetes-validations": [
                        {
                          "rule": "self >= 1 && self <= 65535",
                          "message": "takes a port from 1 to 65535"
                        }
                      ]
                    },
                    "endPort": {
                      "description": "The last port of a range.",
                      "type": "integer",
                      "x-kubernetes-validations": [
                        {
                          "rule": "self >= 1 && self <= 65535",
                          "message": "takes a port from 1 to 65535"
                        }
                      ]
                    },
                    "protocol": {
                      "title": "Protocol",
                      "description": "The protocol. Without it, all that have ports.",
                      "type": "string",
                      "enum": [
                        "TCP",
                        "UDP",
                        "SCTP",
                        "ICMP"
                      ]
                    }
                  },
                  "additionalProperties": false
                }
              },
              "localPorts": {
                "description": "The target's own ports. The default is all of them.",
                "type": "array",
                "maxItems": 16,
                "x-kubernetes-list-type": "atomic",
                "x-kubernetes-validations": [
                  {
                    "rule": "size(self) > 0",
                    "message": "is empty and would match nothing: give at least one port, or leave it out"
                  }
                ],
                "items": {
                  "title": "PeerPort",
                  "description": "A port, a range of ports, or a protocol as a whole.",
                  "type": "object",
                  "x-kubernetes-validations": [
                    {
                      "rule": "has(self.port) || has(self.protocol)",
                      "message": "needs port or protocol"
                    },
                    {
                      "rule": "!has(self.endPort) || (has(self.port) && self.endPort >= self.port)",
                      "message": "endPort needs port, and is not below it"
                    },
                    {
                      "rule": "!has(self.port) || !has(self.protocol) || self.protocol != 'ICMP'",
                      "message": "ICMP has no ports: leave out port"
                    }
                  ],
                  "properties": {
                    "port": {
                      "description": "The port, or the first of a range. Without it, the whole protocol.",
                      "type": "integer",
                      "x-kubernetes-validations": [
                        {
                          "rule": "self >= 1 && self <= 65535",
                          "message": "takes a port from 1 to 65535"
                        }
                      ]
                    },
                    "endPort": {
                      "description": "The last port of a range.",
                      "type": "integer",
                      "x-kubernetes-validations": [
                        {
                          "rule": "self >= 1 && self <= 65535",
                          "message": "takes a port from 1 to 65535"
                        }
                      ]
                    },
                    "protocol": {
                      "title": "Protocol",
                      "description": "The protocol. Without it, all that have ports.",
                      "type": "string",
                      "enum": [
                        "TCP",
                        "UDP",
                        "SCTP",
                        "ICMP"
                      ]
                    }
                  },
                  "additionalProperties": false
                }
              }
            },
            "additionalProperties": false
          }
        },
        "verify": {
          "title": "Verify",
          "description": "A check from inside each target, before it has its fault, while it has it and, unless it was ended early, afterwards: whether a TCP connection succeeds, and after how long. status.pods tells what came of it; nothing depends on it.",
          "type": "object",
          "required": [
            "host",
            "port"
          ],
          "properties": {
            "host": {
              "description": "An address, or a DNS name that is resolved in the target.",
              "type": "string",
              "maxLength": 253,
              "x-kubernetes-validations": [
                {
                  "rule": "self.matches('^[A-Za-z0-9_:][A-Za-z0-9_.:-]*$')",
                  "messageExpression": "\"\\\"\" + self + \"\\\" is neither an address nor a DNS name, such as db.example.com\"",
                  "message": "takes an address or a DNS name, such as db.example.com"
                }
              ]
            },
            "port": {
              "description": "The TCP port.",
              "type": "integer",
              "x-kubernetes-validations": [
                {
                  "rule": "self >= 1 && self <= 65535",
                  "message": "takes a port from 1 to 65535"
                }
              ]
            },
            "timeoutSeconds": {
              "description": "How long each of up to three tries may take, from 1 (the default) to 3.",
              "type": "integer",
              "x-kubernetes-validations": [
                {
                  "rule": "self >= 1 && self <= 3",
                  "message": "takes 1, 2 or 3 seconds"
                }
              ]
            }
          },
          "additionalProperties": false
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
              "description": "Allow what is as bad as an outage: more lost and corrupted than 40 %, or than maxLossPercentage of a SafetyPolicy, a partition, a rate below 8kbit, a latency above 10s.",
              "type": "boolean",
              "default": false
            },
            "allowProduction": {
              "description": "Allow targets in namespaces that a SafetyPolicy calls production.",
              "type": "boolean",
              "default": false
            }
          },
          "additionalProperties": false
        },
        "ttlSecondsAfterFinished": {
          "description": "How many seconds after its end the experiment is deleted; 0 deletes it at once. Without it, the experiment stays until somebody deletes it.",
          "type": "integer",
          "x-kubernetes-validations": [
            {
              "rule": "self >= 0",
              "message": "takes a number of seconds, 0 or more"
            }
          ]
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
        "rerun": {
          "description": "The value of the annotation squall.dev/rerun that this attempt has answered.",
          "type": "string"
        },
        "stopping": {
          "description": "Why this attempt ends early. Once set, it stays, whatever becomes of the reason.",
          "type": "string"
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
              "description": "The fault asked for, such as 20% or 100ms latency.",
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
            "netem",
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
            "joinedDeadline": {
              "description": "No fault of a pod that came later lives longer than this.",
              "type": "string",
              "format": "date-time"
            },
            "durationMs": {
              "description": "How long each pod keeps its fault, in milliseconds.",
              "type": "integer"
            },
            "netem": {
              "description": "What tc is told after the word netem: first for spec, then for each step of its profile.",
              "type": "array",
              "x-kubernetes-list-type": "atomic",
              "items": {
                "type": "string"
              }
            },
            "peers": {
              "description": "Whom the fault hits and whom it passes, as the agent was told at the start.",
              "type": "array",
              "x-kubernetes-list-type": "atomic",
              "items": {
                "type": "string"
              }
            },
            "direction": {
              "title": "Direction",
              "description": "Which packets are impaired, as seen from the pod.",
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
              "batch": {
                "description": "When it was this pod's turn, in milliseconds since startTime; without it, at startTime. Its times in run are later by this.",
                "type": "integer"
              },
              "applied": {
                "description": "When the fault was proven there, in milliseconds since startTime.",
                "type": "integer"
              },
              "ended": {
                "description": "When the fault ended, in milliseconds since startTime.",
                "type": "integer"
              },
              "verified": {
                "title": "Verified",
                "description": "What spec.verify has found, such as 0.4ms, or 1002ms at try 2, or no answer in 3 tries.",
                "type": "object",
                "required": [
                  "before"
                ],
                "properties": {
                  "before": {
                    "description": "Before the pod had its fault.",
                    "type": "string"
                  },
                  "during": {
                    "description": "While it had it.",
                    "type": "string"
                  },
                  "after": {
                    "description": "When it was gone.",
                    "type": "string"
                  }
                },
                "additionalProperties": false
              },
              "engine": {
                "title": "Engine",
                "description": "What loses the packets where the node's kernel has no netem.",
                "type": "string",
                "enum": [
                  "bpf"
                ]
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
