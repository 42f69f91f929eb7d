using System;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Formats;
using CheckpointBuild.Tensors;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>Fits a language model's weights to a classifier that is trained upon it: torchtune's <c>update_state_dict_for_classifier</c>.</summary>
public static class ClassifierHead
{
    private const string Weight = "output.weight";
    private const string Bias = "output.bias";

    /// <summary>Takes the head's bias away, and gives the state the classifier's own head where the number of classes differs.</summary>
    /// <param name="model">The state's <c>model</c>; it is changed.</param>
    /// <param name="classifier">The classifier's parameters by name.</param>
    /// <param name="kind">When the classifier's head is taken.</param>
    /// <returns>Whether the head is the classifier's now.</returns>
    /// <exception cref="CheckpointException">CKPT2161 when the state has no head, CKPT2162 when the classifier has none.</exception>
    public static bool Fit(PickleDictionary model, PickleDictionary classifier, ClassifierHeadRule kind)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(classifier);
        model.Remove(Bias);
        Tensor own = model.TryGet(Weight, out Tensor? head) ? head : throw Errors.TuneHeadMissing();
        Tensor other = classifier.TryGet(Weight, out Tensor? wanted) ? wanted : throw Errors.TuneClassifierHeadMissing();
        bool isTaken = kind == ClassifierHeadRule.Always || own.Rows != other.Rows;
        if (isTaken)
        {
            model.Set(Weight, other);
        }

        return isTaken;
    }
}
