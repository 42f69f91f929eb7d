using System.Collections.Generic;
using System.Linq;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;

namespace CheckpointBuild.Runtime.Tests.Support;

/// <summary>A Llama of a few thousand seeded weights whose widths are no multiples of anything: 40 hidden, 3 × 2 heads of 12, 56 feed-forward, 51 tokens.</summary>
internal sealed record TinyModel
{
    public DType DType { get; init; } = DType.F32;

    public int Hidden { get; init; } = 40;

    public int FeedForward { get; init; } = 56;

    public int Context { get; init; } = 640;

    public bool Tied { get; init; } = true;

    public bool Biases { get; init; }

    public Activation Activation { get; init; } = Activation.Silu;

    public RopeConfig Rope { get; init; } = new() { Theta = 10000, Dimensions = 12 };

    public ModelConfig Config => new()
    {
        HiddenSize = Hidden,
        LayerCount = 2,
        HeadCount = 6,
        KeyValueHeadCount = 2,
        HeadDimension = 12,
        FeedForwardSize = FeedForward,
        VocabularySize = 51,
        ContextLength = Context,
        NormEpsilon = 1e-5,
        Rope = Rope,
        Activation = Activation,
        GateLimit = 0.5,
        TiedEmbeddings = Tied,
        Biases = Biases ? BiasSites.QueryKeyValue | BiasSites.AttentionOutput | BiasSites.FeedForward : BiasSites.None,
        BeginToken = 1,
        EndTokens = [2],
    };

    public Checkpoint Checkpoint => new()
    {
        Name = "tiny",
        Dialect = "test",
        Family = ModelFamily.FindModelType("llama")!,
        Config = Config,
        Tensors = new RoleTable(ModelFamily.FindModelType("llama")!.Naming.TensorsOf(Config).Select((spec, i) => KeyValuePair.Create(spec.Roles[0], Made(spec, (ulong)i)))),
    };

    /// <summary>A tensor of given values.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dtype">Its dtype.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="values">Row by row.</param>
    /// <returns>The tensor.</returns>
    public static Tensor Of(string name, DType dtype, Shape shape, float[] values)
    {
        byte[] bytes = new byte[dtype.RowBytes(0, shape.Columns) * shape.Rows];
        dtype.Encode(values, (int)shape.Columns, new Planes(bytes));
        return new Stored(name, dtype, shape, new MemorySource(bytes), 0);
    }

    private Tensor Made(StoredTensor spec, ulong seed)
    {
        bool isNorm = spec.Shape.Rank == 1 && spec.Roles[0].Part == TensorPart.Weight;
        float[] values = [.. SeededNumbers.Of(seed + 1, (int)spec.Shape.ElementCount).Select(v => isNorm ? 1 + (0.3f * v) : 0.6f * v)];
        return Of(spec.Name, spec.Shape.Rank == 1 ? DType.F32 : DType, spec.Shape, values);
    }
}
