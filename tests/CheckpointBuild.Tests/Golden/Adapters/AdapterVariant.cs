using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointBuild.DTypes;
using CheckpointBuild.Stages;

namespace CheckpointBuild.Tests.Golden.Adapters;

/// <summary>In which dtypes PEFT held base and adapter, and what the merged model's tensors are then.</summary>
/// <param name="Name">For instance <c>bf16-base-f32-adapter-safe</c>.</param>
/// <param name="Json">What the case says of it.</param>
internal sealed record AdapterVariant(string Name, JsonElement Json)
{
    /// <summary>The base's dtype, which the merged model has.</summary>
    public DType BaseDType => Parse(Json.GetProperty("baseDtype").GetString()!);

    /// <summary>How it is merged here.</summary>
    public MergeOptions Options => new()
    {
        BaseDType = BaseDType,
        FactorDType = Parse(Json.GetProperty("adapterDtypeInMemory")[0].GetString()!),
        Changes = Json.GetProperty("safeMerge").GetBoolean() ? ChangeRounding.BeforeSum : ChangeRounding.WithSum,
    };

    /// <summary>Whether the command line gives it: an adapter in float32, merged as <c>merge_and_unload()</c> does.</summary>
    public bool IsOfCommandLine => Options is { FactorDType: var factor, Changes: ChangeRounding.WithSum } && factor == DType.F32;

    /// <summary>The names of the merged model's tensors with the SHA-256 of their bytes.</summary>
    public IEnumerable<(string Name, string Sha256)> Tensors => Json.GetProperty("tensors").EnumerateArray().Select(t => (t.GetProperty("name").GetString()!, t.GetProperty("sha256").GetString()!));

    private static DType Parse(string name) => DType.TryParse(name, out DType? dtype) ? dtype : throw new System.IO.InvalidDataException(name);
}
