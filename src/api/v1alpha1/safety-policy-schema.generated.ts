// Generated from config/crd/safetypolicies.squall.dev.yaml by scripts/generate.ts. Edit that file and run `npm run generate`.

/** The JSON Schema of a SafetyPolicy as a user may write it. */
export const safetyPolicySchema = {
  "title": "SafetyPolicy",
  "description": "Limits for every experiment in the cluster. Of several policies, the strictest value of each field is in force; where no policy sets a field, its default is. A field that is not set allows nothing by being absent.",
  "type": "object",
  "x-kubernetes-validations": [
    {
      "rule": "has(self.spec)",
      "fieldPath": ".spec",
      "reason": "FieldValueRequired",
      "message": "say what is limited, such as maxPercentage: 30; {} sets nothing"
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
      "description": "The kind of this object, SafetyPolicy.",
      "type": "string",
      "enum": [
        "SafetyPolicy"
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
      "title": "SafetyPolicySpec",
      "description": "The limits. A field that is left out leaves its default, or another policy's value, in force.",
      "type": "object",
      "properties": {
        "halt": {
          "description": "Stop everything that runs and refuse what comes; dry runs stay allowed. Taking it back starts nothing.",
          "type": "boolean"
        },
        "maxPercentage": {
          "description": "The largest share of the matching pods that may be under a fault, and of the pods of each controlling owner, in percent, from 1 to 100. The default is 100.",
          "type": "integer",
          "x-kubernetes-validations": [
            {
              "rule": "self >= 1 && self <= 100",
              "message": "takes a whole percentage from 1 to 100"
            }
          ]
        },
        "maxPods": {
          "description": "The most pods that one experiment may hit, from 1 to 1000. The default is 100.",
          "type": "integer",
          "x-kubernetes-validations": [
            {
              "rule": "self >= 1 && self <= 1000",
              "message": "takes a whole number from 1 to 1000; to allow no experiment at all, set halt"
            }
          ]
        },
        "maxDuration": {
          "description": "The longest duration of one experiment, from 1s to 24h. The default is 1h.",
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
        "maxConcurrentExperiments": {
          "description": "The most experiments that run at one time; more of them wait. The default is 10.",
          "type": "integer",
          "x-kubernetes-validations": [
            {
              "rule": "self >= 1",
              "message": "takes a whole number of at least 1; to allow no experiment at all, set halt"
            }
          ]
        },
        "maxLossPercentage": {
          "description": "The largest loss without the override safety.allowHighLoss, what is corrupted counted as lost, in percent, from 0.0001 to 40. The default is 40.",
          "type": "number",
          "x-kubernetes-validations": [
            {
              "rule": "self >= 0.0001 && self <= 40.0",
              "message": "takes a percentage from 0.0001 to 40; above 40 an experiment always needs safety.allowHighLoss"
            }
          ]
        },
        "allowOverrides": {
          "title": "Allowance",
          "description": "Whether experiments may lift limits by safety.allowHighLoss and safety.allowProduction. The default is Allow.",
          "type": "string",
          "enum": [
            "Allow",
            "Deny"
          ]
        },
        "protectedNamespaces": {
          "description": "Namespaces that no experiment touches, in addition to kube-system, kube-public, kube-node-lease and squall-system, which always are.",
          "type": "array",
          "maxItems": 1000,
          "x-kubernetes-list-type": "set",
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
        "productionNamespaces": {
          "title": "LabelSelector",
          "description": "Labels of namespaces in which an experiment needs safety.allowProduction. An empty selector makes every namespace one.",
          "type": "object",
          "x-kubernetes-map-type": "atomic",
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
                    "message": "takes label values, such as production"
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
        "optInLabel": {
          "description": "A label without which no pod is hit, as key or key=value. Of several policies, all must be there. By default none is asked for.",
          "type": "string",
          "maxLength": 381,
          "x-kubernetes-validations": [
            {
              "rule": "self.matches('^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?(=([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?)?$')",
              "messageExpression": "'\"' + self + '\" is not a label: takes a key or key=value, such as chaos or chaos=allowed'",
              "message": "takes a label as key or key=value, such as chaos or chaos=allowed"
            }
          ]
        },
        "crossNamespace": {
          "title": "Allowance",
          "description": "Whether experiments may have targets in other namespaces than their own. The default is Allow where the installation has the requester policy in force, else Deny.",
          "type": "string",
          "enum": [
            "Allow",
            "Deny"
          ]
        }
      },
      "additionalProperties": false
    },
    "status": {
      "title": "SafetyPolicyStatus",
      "description": "What is in force. Written by the controller only.",
      "type": "object",
      "properties": {
        "observedGeneration": {
          "description": "The metadata.generation that this status speaks of.",
          "type": "integer"
        },
        "heldBack": {
          "description": "Experiments that wait, or were refused by halt, because of this policy.",
          "type": "integer"
        },
        "inForce": {
          "title": "LimitsInForce",
          "description": "The strictest of all policies and the defaults, field by field.",
          "type": "object",
          "properties": {
            "halt": {
              "description": "Everything is stopped and nothing starts.",
              "type": "boolean"
            },
            "maxPercentage": {
              "description": "In percent.",
              "type": "integer"
            },
            "maxPods": {
              "description": "Pods of one experiment.",
              "type": "integer"
            },
            "maxDuration": {
              "description": "Of one experiment.",
              "type": "string"
            },
            "maxConcurrentExperiments": {
              "description": "Experiments that run at one time.",
              "type": "integer"
            },
            "maxLossPercentage": {
              "description": "Without the override, in percent.",
              "type": "number"
            },
            "allowOverrides": {
              "description": "Whether experiments may lift limits by themselves.",
              "type": "string"
            },
            "protectedNamespaces": {
              "description": "No experiment touches these.",
              "type": "array",
              "x-kubernetes-list-type": "set",
              "items": {
                "type": "string"
              }
            },
            "productionNamespaces": {
              "description": "Label selectors of the namespaces in which an experiment needs safety.allowProduction.",
              "type": "array",
              "x-kubernetes-list-type": "atomic",
              "items": {
                "type": "string"
              }
            },
            "optInLabels": {
              "description": "No pod without all of these is hit.",
              "type": "array",
              "x-kubernetes-list-type": "atomic",
              "items": {
                "type": "string"
              }
            },
            "crossNamespace": {
              "description": "Whether experiments may have targets in other namespaces than their own.",
              "type": "string"
            }
          },
          "additionalProperties": false
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
