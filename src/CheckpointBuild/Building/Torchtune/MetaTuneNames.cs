using System;
using System.Collections.Generic;
using System.Linq;

namespace CheckpointBuild.Building.Torchtune;

/// <summary>Meta's names and torchtune's: the same arrangement, spelled otherwise.</summary>
internal static class MetaTuneNames
{
    /// <summary>The output head, under both names.</summary>
    internal const string Output = "output.weight";

    /// <summary>The token embedding, under both names.</summary>
    internal const string Embedding = "tok_embeddings.weight";

    /// <summary>What follows from the configuration and is not trained.</summary>
    internal const string Frequencies = "rope.freqs";

    private const string Layers = "layers.";

    private static readonly (string Meta, string Torchtune)[] Ends = [(Embedding, Embedding), (Output, Output), ("norm.weight", "norm.scale")];

    private static readonly (string Meta, string Torchtune)[] InLayers =
    [
        ("attention.wq.weight", "attn.q_proj.weight"),
        ("attention.wk.weight", "attn.k_proj.weight"),
        ("attention.wv.weight", "attn.v_proj.weight"),
        ("attention.wo.weight", "attn.output_proj.weight"),
        ("feed_forward.w1.weight", "mlp.w1.weight"),
        ("feed_forward.w2.weight", "mlp.w2.weight"),
        ("feed_forward.w3.weight", "mlp.w3.weight"),
        ("attention_norm.weight", "sa_norm.scale"),
        ("ffn_norm.weight", "mlp_norm.scale"),
    ];

    /// <summary>torchtune's name of a tensor.</summary>
    /// <param name="meta">Meta's.</param>
    /// <returns>The name, or null for a tensor that is not known.</returns>
    public static string? ToTorchtune(string meta) => Map(meta, e => e.Meta, e => e.Torchtune);

    /// <summary>Meta's name of a tensor.</summary>
    /// <param name="torchtune">torchtune's.</param>
    /// <returns>The name, or null for a tensor that is not known.</returns>
    public static string? ToMeta(string torchtune) => Map(torchtune, e => e.Torchtune, e => e.Meta);

    private static string? Map(string name, Func<(string Meta, string Torchtune), string> from, Func<(string Meta, string Torchtune), string> to)
    {
        if (!name.StartsWith(Layers, StringComparison.Ordinal))
        {
            return Found(Ends, name, from, to);
        }

        int dot = name.IndexOf('.', Layers.Length);
        bool hasNumber = dot > Layers.Length && name.AsSpan(Layers.Length, dot - Layers.Length).IndexOfAnyExceptInRange('0', '9') < 0;
        return hasNumber && Found(InLayers, name[(dot + 1)..], from, to) is { } inner ? name[..(dot + 1)] + inner : null;
    }

    private static string? Found(IEnumerable<(string Meta, string Torchtune)> list, string name, Func<(string Meta, string Torchtune), string> from, Func<(string Meta, string Torchtune), string> to) =>
        list.Where(e => from(e) == name).Select(to).FirstOrDefault();
}
