using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Dialects.Mapping;

/// <summary>How the tensors of one architecture in one format map to the roles of a family: which family it is, what names it uses, and what happens to tensors before they are matched. Immutable: each method gives a new mapping,
/// and steps are taken in the order in which they were added.</summary>
/// <remarks>Patterns are regular expressions over whole names, matched in linear time (without look-around and back-references); anchor them with <c>^</c> and <c>$</c> where they must not match within a name.</remarks>
public sealed class RoleMapping
{
    private readonly ImmutableArray<MappingStep> _steps;

    /// <summary>Makes a mapping that changes nothing.</summary>
    /// <param name="family">What the architecture is; null = the family of its own name.</param>
    public RoleMapping(ModelFamily? family = null)
        : this(family, default, [])
    {
    }

    private RoleMapping(ModelFamily? family, ImmutableArray<NameRule> names, ImmutableArray<MappingStep> steps)
    {
        Family = family;
        Names = names;
        _steps = steps;
    }

    /// <summary>What the architecture is; null = the family of its own name.</summary>
    public ModelFamily? Family { get; }

    /// <summary>What stored tensors are called and which roles lie in them; default = the family's own rules.</summary>
    public ImmutableArray<NameRule> Names { get; }

    /// <summary>Replaces the family's names.</summary>
    /// <param name="names">What stored tensors are called and which roles lie in them; of several rules for one kind the first that holds in a model counts.</param>
    /// <returns>The mapping with them.</returns>
    public RoleMapping Named(params ImmutableArray<NameRule> names) => new(Family, names, _steps);

    /// <summary>Skips modules: tensors of these names are left out, which is said once for each pattern.</summary>
    /// <param name="pattern">What their names match.</param>
    /// <returns>The mapping with the step.</returns>
    /// <exception cref="CheckpointException">CKPT2800 when the pattern cannot be used.</exception>
    public RoleMapping Skip(string pattern) => With(new SkipStep(pattern));

    /// <summary>Renames tensors: what the pattern matches becomes the replacement.</summary>
    /// <param name="pattern">What the names match.</param>
    /// <param name="replacement">What stands in place of the match; <c>$1</c> is its first group.</param>
    /// <returns>The mapping with the step.</returns>
    /// <exception cref="CheckpointException">CKPT2800 when the pattern cannot be used.</exception>
    public RoleMapping Rename(string pattern, string replacement) => With(new RenameStep(pattern, replacement));

    /// <summary>Repeats shared weights: a tensor that the file holds once stands in every layer.</summary>
    /// <param name="pattern">What its name matches.</param>
    /// <param name="replacement">What stands in place of the match; <c>{layer}</c> is each layer's number in turn, <c>$1</c> the first group.</param>
    /// <returns>The mapping with the step.</returns>
    /// <exception cref="CheckpointException">CKPT2800 when the pattern cannot be used.</exception>
    public RoleMapping Repeat(string pattern, string replacement) => With(new RepeatStep(pattern, replacement));

    /// <summary>Repeats the heads of tensors: of a matrix or bias that holds heads one below the other, each stands several times in a row.</summary>
    /// <param name="pattern">What their names match.</param>
    /// <param name="times">How often each head stands there afterwards; at least 1.</param>
    /// <returns>The mapping with the step.</returns>
    /// <exception cref="CheckpointException">CKPT2800 when the pattern cannot be used.</exception>
    public RoleMapping RepeatHeads(string pattern, int times)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        return Change(pattern, (tensor, config) =>
        {
            Tensor standing = tensor.Shape.Rank == 1 ? Reshaped.Of(tensor, new Shape(tensor.Shape.Columns, 1)) : tensor;
            Tensor repeated = SelectedRows.Of(standing, new RepeatedRows(checked(standing.Rows * times), config.HeadDimension, times));
            return tensor.Shape.Rank == 1 ? Reshaped.Of(repeated, new Shape(repeated.Rows)) : repeated;
        });
    }

    /// <summary>Changes tensors by views of one's own.</summary>
    /// <param name="pattern">What their names match.</param>
    /// <param name="change">Gives the new tensor for the old one; its name is kept.</param>
    /// <returns>The mapping with the step.</returns>
    /// <exception cref="CheckpointException">CKPT2800 when the pattern cannot be used.</exception>
    public RoleMapping Change(string pattern, Func<Tensor, ModelConfig, Tensor> change) => With(new ChangeStep(pattern, change));

    /// <summary>Takes the steps.</summary>
    /// <param name="tensors">The named tensors, in order.</param>
    /// <param name="config">The model, as its configuration states it.</param>
    /// <param name="file">Where they come from, for messages.</param>
    /// <param name="problems">Receives what was left out.</param>
    /// <returns>The tensors under the names that <see cref="Names"/> knows.</returns>
    internal IReadOnlyList<Tensor> Apply(IReadOnlyList<Tensor> tensors, ModelConfig config, string file, ICollection<Diagnostic> problems)
    {
        foreach (MappingStep step in _steps)
        {
            tensors = step.Apply(tensors, config, file, problems);
        }

        return tensors;
    }

    private RoleMapping With(MappingStep step) => new(Family, Names, _steps.Add(step));
}
