using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using CheckpointBuild.Diagnostics;
using CheckpointBuild.Dialects;
using CheckpointBuild.DTypes;
using CheckpointBuild.Models;
using CheckpointBuild.Tensors;
using CheckpointBuild.Tensors.Views;
using Module = global::TorchSharp.torch.nn.Module;
using TorchTensor = global::TorchSharp.torch.Tensor;

namespace CheckpointBuild.TorchSharp;

/// <summary>Checkpoints into TorchSharp modules, and back.</summary>
public static class ModuleWeights
{
    /// <summary>Fills a module's parameters and buffers from a checkpoint, by name.</summary>
    /// <param name="module">The module, on any device.</param>
    /// <param name="checkpoint">The checkpoint, of any dialect.</param>
    /// <param name="options">Names and dtypes.</param>
    /// <param name="cancellation">Looked at between tensors.</param>
    /// <exception cref="CheckpointException">CKPT2366 to CKPT2368 when names, shapes or dtypes do not fit; nothing is filled then.</exception>
    public static void Load(Module module, Checkpoint checkpoint, ModuleLoadOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(options);
        ModelConfig config = checkpoint.Config;
        HashSet<string> names = [.. State(module).Select(s => s.Name)];
        IEnumerable<StoredTensor> stored = (options.Naming ?? checkpoint.Family.Naming).TensorsOf(config with { TiedEmbeddings = false });

        // A module may keep the head of a tied pair as a parameter of its own: it holds the same numbers.
        TensorRole Shared(TensorRole role) => config.TiedEmbeddings && role.Kind == RoleKind.Output ? role with { Kind = RoleKind.TokenEmbedding } : role;
        Load(module, stored.Where(s => !config.TiedEmbeddings || s.Roles[0].Kind != RoleKind.Output || names.Contains(s.Name)).Select(s => Renamed.Of(s.Join(role => checkpoint.Tensors[Shared(role)]), s.Name)), options, cancellation);
    }

    /// <summary>Fills a module's parameters and buffers from named tensors.</summary>
    /// <param name="module">The module, on any device.</param>
    /// <param name="tensors">The tensors.</param>
    /// <param name="options">Dtypes, and which of the module's names are its own.</param>
    /// <param name="cancellation">Looked at between tensors.</param>
    /// <exception cref="CheckpointException">CKPT2366 to CKPT2368 when names, shapes or dtypes do not fit; nothing is filled then.</exception>
    public static void Load(Module module, IEnumerable<Tensor> tensors, ModuleLoadOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Dictionary<string, TorchTensor> targets = State(module).Where(s => !options.IsOwn(s.Name)).ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal);
        Tensor[] sources = [.. tensors];
        CheckNames(targets, sources);
        foreach (Tensor source in sources)
        {
            Check(source, targets[source.Name], options.DTypes);
        }

        using IDisposable untracked = global::TorchSharp.torch.no_grad();
        using var workspace = new Workspace();
        foreach (Tensor source in sources)
        {
            cancellation.ThrowIfCancellationRequested();
            RowTransfer.Fill(targets[source.Name], source, workspace);
            workspace.ReleaseResidents();
        }
    }

    /// <summary>A module's parameters and persistent buffers as tensors that read its memory. What lies on another device, or not row after row, is copied when it is first read.</summary>
    /// <param name="module">The module; keep it alive while the tensors are used.</param>
    /// <returns>By name, in the module's order. Parameters of the same memory, such as a head tied to the embedding, share their numbers in a PyTorch file too.</returns>
    /// <exception cref="CheckpointException">CKPT2368 for a type that the product does not have, such as complex numbers.</exception>
    public static ImmutableArray<Tensor> TensorsOf(Module module)
    {
        var sources = new List<TorchSource>();
        ImmutableArray<Tensor>.Builder tensors = ImmutableArray.CreateBuilder<Tensor>();
        foreach ((string name, TorchTensor value) in State(module))
        {
            var own = new TorchSource(name, value);
            TorchSource source = sources.Find(own.IsSameMemory) ?? own;
            sources.Add(source);
            tensors.Add(new Stored(name, DTypeOf(name, value), new Shape(value.shape), source, 0));
        }

        return tensors.ToImmutable();
    }

    /// <summary>A torch tensor as a tensor that reads its memory, to be saved with others.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="value">The torch tensor; keep it alive while the tensor is used: TorchSharp throws an <see cref="InvalidOperationException"/> when one is read that was disposed of.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="CheckpointException">CKPT2368 for a type that the product does not have.</exception>
    public static Tensor TensorOf(string name, TorchTensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new Stored(name, DTypeOf(name, value), new Shape(value.shape), new TorchSource(name, value), 0);
    }

    /// <summary>Fills a torch tensor with the numbers of a tensor.</summary>
    /// <param name="target">The torch tensor, on any device.</param>
    /// <param name="source">The numbers, of the same shape and dtype.</param>
    /// <exception cref="CheckpointException">CKPT2367 or CKPT2368 when shapes or dtypes differ.</exception>
    public static void Fill(TorchTensor target, Tensor source)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(source);
        Check(source, target, DTypeRule.Same);
        using IDisposable untracked = global::TorchSharp.torch.no_grad();
        using var workspace = new Workspace();
        RowTransfer.Fill(target, source, workspace);
    }

    /// <summary>A checkpoint with a module's values in the place of its own, to be written in any dialect.</summary>
    /// <param name="module">The module; keep it alive until the checkpoint is written.</param>
    /// <param name="checkpoint">The checkpoint that the module was filled from: configuration, tokenizer and sidecars come from it.</param>
    /// <param name="options">Names, and which of the module's names are its own and stay out.</param>
    /// <returns>The checkpoint; its tensors read the module's memory. Where training parted a head of the module's own from the embedding that it was tied to, it is untied.</returns>
    /// <exception cref="CheckpointException">CKPT2366 or CKPT2367 when the module's names or shapes are not the checkpoint's.</exception>
    public static Checkpoint Save(Module module, Checkpoint checkpoint, ModuleLoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(options);
        Dictionary<string, Tensor> values = TensorsOf(module).Where(t => !options.IsOwn(t.Name)).ToDictionary(t => t.Name, StringComparer.Ordinal);
        var tensors = new Dictionary<TensorRole, Tensor>();
        TensorNaming naming = options.Naming ?? checkpoint.Family.Naming;
        ModelConfig config = Untied(checkpoint.Config, naming, values);
        foreach (StoredTensor stored in naming.TensorsOf(config))
        {
            Tensor value = values.Remove(stored.Name, out Tensor? found) ? found : throw Errors.ModuleNames([stored.Name], []);
            if (value.Shape != stored.Shape)
            {
                throw Errors.ModuleShape(stored.Name, value.Shape.ToString(), stored.Shape.ToString());
            }

            foreach ((TensorRole role, Tensor part) in stored.Split(value))
            {
                tensors[role] = part;
            }
        }

        if (values.Count > 0)
        {
            throw Errors.ModuleNames([.. values.Keys], []);
        }

        RoleTable trained = checkpoint.Tensors.Select((role, _) => tensors[role]);
        return config == checkpoint.Config ? checkpoint with { Tensors = trained }
            : checkpoint with { Config = config, TiedHeadPlace = null, Tensors = new RoleTable([.. trained, .. tensors.Where(t => t.Key.Kind == RoleKind.Output)]) };
    }

    // The head of a tied pair is the embedding again, unless training parted them.
    private static ModelConfig Untied(ModelConfig config, TensorNaming naming, Dictionary<string, Tensor> values)
    {
        ModelConfig untied = config with { TiedEmbeddings = false };
        string? head = NameOf(RoleKind.Output), embedding = NameOf(RoleKind.TokenEmbedding);
        if (!config.TiedEmbeddings || head is null || embedding is null || !values.TryGetValue(head, out Tensor? own) || !values.TryGetValue(embedding, out Tensor? shared))
        {
            return config;
        }

        if (!TensorComparison.AreEqual(own, shared))
        {
            return untied;
        }

        values.Remove(head);
        return config;

        string? NameOf(RoleKind kind) => naming.TensorsOf(untied).FirstOrDefault(s => s.Roles[0].Kind == kind)?.Name;
    }

    private static IEnumerable<(string Name, TorchTensor Value)> State(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.state_dict().Select(s => (s.Key, s.Value));
    }

    private static void CheckNames(Dictionary<string, TorchTensor> targets, Tensor[] sources)
    {
        string[] missing = [.. targets.Keys.Except(sources.Select(t => t.Name), StringComparer.Ordinal)];
        string[] unexpected = [.. sources.Select(t => t.Name).Where(name => !targets.ContainsKey(name))];
        if (missing.Length + unexpected.Length > 0)
        {
            throw Errors.ModuleNames(missing, unexpected);
        }
    }

    private static void Check(Tensor source, TorchTensor target, DTypeRule rule)
    {
        var shape = new Shape(target.shape);
        if (source.Shape != shape)
        {
            throw Errors.ModuleShape(source.Name, source.Shape.ToString(), shape.ToString());
        }

        DType dtype = DTypeOf(source.Name, target);
        if (source.DType != dtype && (rule == DTypeRule.Same || !source.DType.HasValues || !dtype.HasValues))
        {
            throw Errors.ModuleDType(source.Name, source.DType.LongName, dtype.LongName);
        }
    }

    private static DType DTypeOf(string name, TorchTensor tensor) => TorchDTypes.Of(tensor.dtype) ?? throw Errors.ModuleDType(name, tensor.dtype.ToString(), "a type of real numbers");
}
