using System.Threading;

namespace CheckpointBuild.Tool.Worker;

/// <summary>A request that waits for its turn.</summary>
/// <param name="Folder">The folder that relative paths start from; null = the process's own.</param>
/// <param name="File">The request file.</param>
/// <param name="Stop">Ends the request.</param>
internal sealed record WorkerCall(string? Folder, string File, CancellationTokenSource Stop);
