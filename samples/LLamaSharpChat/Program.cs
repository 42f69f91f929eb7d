// The engine that the build made, run by llama.cpp: dotnet run --project samples/LLamaSharpChat -- "class StringBuilder"
using LLama;
using LLama.Common;
using LLama.Native;
using LLama.Sampling;

NativeLibraryConfig.All.WithLogCallback((_, _) => { });

string engine = Path.Combine(ModelEngines.DocLlama.Path, "doc-llama.gguf");
var parameters = new ModelParams(engine) { ContextSize = 1024, GpuLayerCount = 0 };
using LLamaWeights weights = LLamaWeights.LoadFromFile(parameters);
var executor = new StatelessExecutor(weights, parameters);
var inference = new InferenceParams { MaxTokens = 256, SamplingPipeline = new GreedySamplingPipeline() };

if (args.Length > 0)
{
    await Answer(string.Join(' ', args));
    return;
}

// Without a prompt on the command line: one a line, until an empty one.
Console.Write("> ");
while (Console.ReadLine() is { Length: > 0 } prompt)
{
    await Answer(prompt);
    Console.Write("> ");
}

async Task Answer(string prompt)
{
    await foreach (string piece in executor.InferAsync(prompt + "\n", inference))
    {
        Console.Write(piece);
    }

    Console.WriteLine();
}
