using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CheckpointBuild.Formats;
using CheckpointBuild.TorchSharp;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FineTuneWithTorchSharp;

/// <summary>A model in training: one text a step, and the state that goes on from a checkpoint.</summary>
internal sealed class Training(Llama model, IReadOnlyList<int[]> texts)
{
    private const double Rate = 2e-3;
    private readonly AdamW _optimizer = optim.AdamW(model.Trained.Select(t => t.Value), Rate);

    /// <summary>Steps done.</summary>
    public long StepsRun { get; private set; }

    /// <summary>Trains one step.</summary>
    /// <returns>The loss before it.</returns>
    public float Step()
    {
        int[] text = texts[(int)(StepsRun++ % texts.Count)];
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = tensor(text, dtype: ScalarType.Int64);
        Tensor loss = nn.functional.cross_entropy(model.forward(ids.narrow(0, 0, ids.shape[0] - 1)), ids.narrow(0, 1, ids.shape[0] - 1));
        _optimizer.zero_grad();
        loss.backward();
        _optimizer.step();
        return loss.item<float>();
    }

    /// <summary>Puts the adapter and what training needs to go on into a state, in torchtune's terms.</summary>
    public PickleDictionary AddTo(PickleDictionary state)
    {
        PickleDictionary adapter = Dictionary(), moments = Dictionary();
        foreach (((string name, Parameter value), OptimizerState kept) in model.Trained.Zip(_optimizer.state_dict().State))
        {
            var adam = (AdamW.State)kept;
            adapter.Set(name, ModuleWeights.TensorOf(name, value));
            moments.Set(name, Dictionary().Set("step", adam.step).Set("exp_avg", ModuleWeights.TensorOf(name, adam.exp_avg)).Set("exp_avg_sq", ModuleWeights.TensorOf(name, adam.exp_avg_sq)));
        }

        return state.Set("adapter", adapter).Set("optimizer", Dictionary().Set("state", moments)).Set("steps_run", StepsRun);
    }

    /// <summary>Goes on from a state.</summary>
    public void Resume(PickleDictionary state)
    {
        PickleDictionary adapter = Part(state, "adapter"), moments = Part(Part(state, "optimizer"), "state");
        using IDisposable untracked = no_grad();
        foreach (((string name, Parameter value), OptimizerState kept) in model.Trained.Zip(_optimizer.state_dict().State))
        {
            var adam = (AdamW.State)kept;
            PickleDictionary one = Part(moments, name);
            Fill(value, adapter, name);
            Fill(adam.exp_avg, one, "exp_avg");
            Fill(adam.exp_avg_sq, one, "exp_avg_sq");
            adam.step = one.TryGet("step", out object? step) && step is long steps ? steps : throw new InvalidDataException($"{name}: no step");
        }

        StepsRun = state.TryGet("steps_run", out object? run) && run is long all ? all : throw new InvalidDataException("no steps_run");
    }

    private static void Fill(Tensor target, PickleDictionary values, string key) =>
        ModuleWeights.Fill(target, values.TryGet(key, out CheckpointBuild.Tensors.Tensor? value) ? value : throw new InvalidDataException($"no {key}"));

    private static PickleDictionary Part(PickleDictionary state, string key) => state.TryGet(key, out PickleDictionary? part) ? part : throw new InvalidDataException($"no {key}");

    private static PickleDictionary Dictionary() => new(PickleDictionaryKind.Dictionary);
}
