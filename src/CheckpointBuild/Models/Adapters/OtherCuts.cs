using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CheckpointBuild.Models.Families;

namespace CheckpointBuild.Models.Adapters;

/// <summary>Names of modules that a variant of a family has where the family itself cuts the same matrices otherwise: q, k and v apart where it has them in one, or in one where it has them apart.
/// An adapter that was trained on the variant finds its rows by these.</summary>
internal static class OtherCuts
{
    private static readonly ImmutableArray<NameRule> Apart = [.. LlamaNames.Attention, .. LlamaNames.FeedForward];

    private static readonly ImmutableArray<NameRule> Together =
    [
        new(LlamaNames.Layer + "self_attn.qkv_proj", [RoleKind.Query, RoleKind.Key, RoleKind.Value]),
        new(LlamaNames.Layer + "mlp.gate_up_proj", [RoleKind.Gate, RoleKind.Up]),
    ];

    /// <summary>A family's own names, and those of its variant.</summary>
    /// <param name="family">The family.</param>
    /// <returns>The family's naming first.</returns>
    public static IReadOnlyList<TensorNaming> NamingsOf(ModelFamily family)
    {
        NameRule[] others = [.. Apart.Where(rule => family.Names.Any(own => own.Kinds.Length > 1 && IsPartOf(rule, own))), .. Together.Where(rule => rule.Kinds.All(kind => family.Names.Any(own => own.Kinds is [var only] && only == kind && Block(own) == Block(rule))))];
        return others.Length == 0 ? [family.Naming] : [family.Naming, new TensorNaming([.. others])];
    }

    private static bool IsPartOf(NameRule rule, NameRule fused) => fused.Kinds.Contains(rule.Kinds[0]) && Block(fused) == Block(rule);

    private static string Block(NameRule rule) => rule.Pattern[..(rule.Pattern.LastIndexOf('.') + 1)];
}
